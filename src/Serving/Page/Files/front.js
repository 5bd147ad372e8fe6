// Draws endpoints by latency and accuracy, and the line through those that no other one beats in both.

const svgNamespace = 'http://www.w3.org/2000/svg';
const height = 300;
const margin = { left: 56, right: 24, top: 12, bottom: 54 };

/** Those that no other point beats, by rising latency. */
export function best(points) {
  return points
    .filter(one => !points.some(other => other.x <= one.x && other.y >= one.y && (other.x < one.x || other.y > one.y)))
    .sort((left, right) => left.x - right.x);
}

/** Round numbers that cover a range, about five of them. */
export function ticks(from, to) {
  const rough = (to - from) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find(factor => factor * power >= rough);
  const first = Math.floor(from / step);
  return Array.from({ length: Math.ceil(to / step) - first + 1 }, (_, i) => (first + i) * step);
}

/** Redraws the chart. Points are { name, x: latency in ms, y: accuracy from 0 to 1 }. */
export function draw(svg, points) {
  svg.replaceChildren();
  svg.toggleAttribute('hidden', points.length === 0);
  if (points.length === 0) return;

  // One unit is one pixel, so that the text is as large on a narrow screen as on a wide one.
  const width = svg.parentElement.clientWidth;
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const box = { left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom };
  const xs = ticks(0, Math.max(...points.map(point => point.x)) * 1.15);
  const accuracies = points.map(point => point.y);
  const middle = (Math.min(...accuracies) + Math.max(...accuracies)) / 2;
  const half = Math.max(0.01, (Math.max(...accuracies) - Math.min(...accuracies)) * 0.7);
  const ys = ticks(middle - half, middle + half);
  const x = value => box.left + (box.right - box.left) * value / xs.at(-1);
  const y = value => box.bottom - (box.bottom - box.top) * (value - ys[0]) / (ys.at(-1) - ys[0]);
  for (const value of xs) tick(svg, x(value), box.top, x(value), box.bottom, number(value), x(value), box.bottom + 18, 'middle');
  for (const value of ys) tick(svg, box.left, y(value), box.right, y(value), `${number(value * 100)} %`, box.left - 8, y(value) + 4, 'end');
  text(svg, 'Median response time, ms', (box.left + box.right) / 2, box.bottom + 42, 'middle', 'axis');
  const front = best(points);
  add(svg, 'path', { d: front.map((point, i) => `${i ? 'L' : 'M'}${x(point.x)} ${y(point.y)}`).join(' ') });
  for (const point of points) {
    add(svg, 'circle', { cx: x(point.x), cy: y(point.y), r: 7, class: front.includes(point) ? 'best' : '' });
    const isRight = x(point.x) > (box.left + box.right) / 2;
    text(svg, point.name, x(point.x) + (isRight ? -12 : 12), y(point.y) + 4, isRight ? 'end' : 'start');
  }
}

const number = value => String(Number(value.toPrecision(4)));

function tick(svg, x1, y1, x2, y2, label, x, y, anchor) {
  const group = add(svg, 'g', { class: 'tick' });
  add(group, 'line', { x1, y1, x2, y2 });
  text(group, label, x, y, anchor);
}

function text(parent, content, x, y, anchor, name = '') {
  add(parent, 'text', { x, y, 'text-anchor': anchor, class: name }).textContent = content;
}

function add(parent, name, attributes) {
  const element = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return parent.appendChild(element);
}
