// Sends one input to every endpoint and shows the answers side by side.
import { call } from './server.js';

const form = document.getElementById('pair');
const asked = document.getElementById('asked');

/** Makes the form work. `names` tells the endpoints of the moment; `afterwards` runs when all have answered. */
export function start(names, afterwards) {
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    asked.textContent = 'Asking …';
    const [premise, hypothesis] = [form.premise.value, form.hypothesis.value];
    const body = JSON.stringify(hypothesis.trim() ? { premise, hypothesis } : { text: premise });
    const answers = await Promise.all(names().map(name => ask(name, body)));
    document.getElementById('rows').replaceChildren(...answers.map(row));
    document.getElementById('answers').hidden = false;
    const failed = answers.filter(answer => answer.problem).length;
    asked.textContent = `${answers.length - failed} of ${answers.length} endpoints answered.`;
    button.disabled = false;
    afterwards();
  });
}

async function ask(name, body) {
  try {
    const response = await call(`endpoints/${encodeURIComponent(name)}/invoke`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    const content = await response.json();
    return response.ok ? { name, content, timing: timings(response) } : { name, problem: content.detail };
  } catch (error) {
    return { name, problem: `No answer: ${error.message}` };
  }
}

function timings(response) {
  const timing = {};
  for (const [, name, duration] of (response.headers.get('Server-Timing') ?? '').matchAll(/(\w+);dur=([\d.]+)/g)) timing[name] = Number(duration);
  return timing;
}

function row({ name, content, timing, problem }) {
  const line = document.createElement('tr');
  const head = line.appendChild(document.createElement('th'));
  head.scope = 'row';
  head.textContent = content?.answered_by ? `${name} (${content.answered_by})` : name;
  if (problem) {
    const cell = line.insertCell();
    cell.colSpan = 5;
    cell.className = 'trouble';
    cell.textContent = problem;
    return line;
  }
  line.insertCell().textContent = content.label ?? content.value.toPrecision(4);
  const score = line.insertCell();
  if (content.score !== undefined) {
    const meter = score.appendChild(document.createElement('meter'));
    meter.value = content.score;
    meter.setAttribute('aria-hidden', 'true');
    score.append(content.score.toFixed(4));
  }
  for (const value of [timing.compute?.toFixed(3), timing.total?.toFixed(3), content.tokens + (content.truncated ? ' (cut)' : '')]) {
    const cell = line.insertCell();
    cell.className = 'number';
    cell.textContent = value ?? '–';
  }
  return line;
}
