// Asks the server every two seconds what it serves and what it measured, and shows it.
import { buckets, parse, quantile, sum } from './metrics.js';
import { best, draw } from './front.js';
import { call } from './server.js';
import { start as startTrying } from './try.js';

const every = 2000;
const longest = 10_000;
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const scrapes = [];
let endpoints = [];
let elastics = [];
let timer;

async function refresh() {
  try {
    const [list, metrics] = await Promise.all([call('endpoints'), call('metrics')]);
    if (!list.ok || !metrics.ok) throw new Error(`the server answers ${list.ok ? metrics.status : list.status}`);
    const { engine, endpoints: listed, elastic = [] } = await list.json();
    [endpoints, elastics] = [listed, elastic];
    remember(parse(await metrics.text()));
    show('engine', engine);
    setState(listed[0]?.state ?? 'no endpoint', false);
    showFigures();
    showFront();
  } catch (error) {
    setState(`no figures: ${error.message}`, true);
  }
}

// Keeps what is needed to look back over the window.
function remember(samples) {
  const now = performance.now();
  scrapes.push({ at: now, samples });
  while (scrapes.length > 2 && now - scrapes[1].at >= longest) scrapes.shift();
}

function showFigures() {
  const [first, last] = [scrapes[0], scrapes.at(-1)];
  const seconds = (last.at - first.at) / 1000;
  show('window', Math.max(1, Math.round(seconds)));
  const elasticLines = elastics.map(elastic => {
    const count = samples => sum(samples, 'endpoints_elastic_requests_total', { endpoint: elastic.name });
    const sent = seconds > 0 ? ((count(last.samples) - count(first.samples)) / seconds).toFixed(1) : '–';
    return line(elastic.name, [sent, '–', '–', '–', '–', '–', '–'], `elastic: ${elastic.members.map(name => name === elastic.now ? `${name} (now)` : name).join(', ')}`);
  });
  document.getElementById('figures').replaceChildren(...endpoints.map(endpoint => {
    const of = { endpoint: endpoint.name };
    const count = outcome => sum(last.samples, 'endpoints_requests_total', { ...of, outcome }) - sum(first.samples, 'endpoints_requests_total', { ...of, outcome });
    const [answered, throttled] = [count('ok'), count('throttled')];
    const times = buckets(last.samples, 'endpoints_request_duration_seconds', endpoint.name, first.samples);
    const share = throttled > 0 ? `${(100 * throttled / (answered + throttled)).toFixed(1)} %` : '0 %';
    return line(endpoint.name, [
      seconds > 0 ? (answered / seconds).toFixed(1) : '–',
      milliseconds(quantile(times, 0.5)),
      milliseconds(quantile(times, 0.95)),
      String(sum(last.samples, 'endpoints_queue_depth', of)),
      share,
      endpoint.accuracy === undefined ? '–' : `${(100 * endpoint.accuracy).toFixed(1)} %`,
      `${short.format(endpoint.parameters.kept)} (${Math.round(100 * endpoint.parameters.fraction)} %)`,
    ], runs(endpoint, last.samples));
  }), ...elasticLines);
}

// What a cascade runs depends on how sure its small network has been so far.
function runs({ name, subNetwork, precision, cascade }, samples) {
  if (!cascade) return `${subNetwork} in ${precision}`;
  const rows = sum(samples, 'endpoints_batch_rows_sum', { endpoint: name });
  const escalated = sum(samples, 'endpoints_cascade_escalated_total', { endpoint: name });
  const share = rows > 0 ? ` (${(100 * escalated / rows).toFixed(1)} % of rows)` : '';
  return `${cascade.small.name}, then ${cascade.large.name} below a margin of ${cascade.threshold.toPrecision(3)}${share}`;
}

function showFront() {
  const samples = scrapes.at(-1).samples;
  const placed = endpoints.map(endpoint => ({
    name: endpoint.name,
    x: 1000 * (quantile(buckets(samples, 'endpoints_request_duration_seconds', endpoint.name), 0.5) ?? NaN),
    y: endpoint.accuracy,
  }));
  const points = placed.filter(point => point.x > 0 && point.y !== undefined);
  draw(document.getElementById('front'), points);
  const front = best(points).map(point => `${point.name} (${point.x.toPrecision(3)} ms, ${(100 * point.y).toFixed(1)} %)`);
  const without = placed.filter(point => !points.includes(point));
  const reasons = without.map(point => `${point.name} (${point.y === undefined ? 'no accuracy measured on exactly this network' : 'no request answered yet'})`);
  show('front-text', [
    front.length > 0 ? `Beaten by none: ${front.join(', ')}.` : '',
    reasons.length > 0 ? `Not placed: ${reasons.join(', ')}.` : '',
  ].join(' '));
}

function line(name, figures, runs) {
  const row = document.createElement('tr');
  const head = row.appendChild(document.createElement('th'));
  head.scope = 'row';
  head.textContent = name;
  for (const figure of figures) {
    const cell = row.insertCell();
    cell.className = 'number';
    cell.textContent = figure;
  }
  row.insertCell().textContent = runs;
  return row;
}

const milliseconds = seconds => seconds === null ? '–' : (1000 * seconds).toPrecision(3);

function show(id, text) {
  document.getElementById(id).textContent = text;
}

// A status that did not change is not written again, so that it is not read out again.
function setState(text, isTrouble) {
  const state = document.getElementById('state');
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle('trouble', isTrouble || text !== 'ready');
}

document.getElementById('pause').addEventListener('click', event => {
  const isPaused = event.target.getAttribute('aria-pressed') === 'false';
  event.target.setAttribute('aria-pressed', String(isPaused));
  clearInterval(timer);
  if (!isPaused) run();
});

function run() {
  refresh();
  timer = setInterval(refresh, every);
}

addEventListener('resize', () => scrapes.length > 0 && showFront());
startTrying(() => [...endpoints, ...elastics].map(endpoint => endpoint.name), refresh);
run();
