// Requests to this server, with the API key once one was given.

let key = '';
const form = document.getElementById('access');
form.addEventListener('submit', event => {
  event.preventDefault();
  key = form.key.value;
  form.hidden = true;
});

/** Fetches a path of this server; asks for a key where the server wants one. */
export async function call(path, options = {}) {
  const headers = { ...options.headers, ...(key ? { 'X-Api-Key': key } : {}) };
  const response = await fetch(path, { ...options, headers, cache: 'no-store' });
  if (response.status === 401) form.hidden = false;
  return response;
}
