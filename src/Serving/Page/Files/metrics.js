// Reads Prometheus text and makes rates and quantiles of it.

const sampleLine = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelPair = /([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"/g;
const escapes = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/** The samples of a scrape: name -> [{ labels, value }]. */
export function parse(text) {
  const samples = new Map();
  for (const line of text.split('\n')) {
    const match = line.startsWith('#') ? null : sampleLine.exec(line);
    if (!match) continue;
    const labels = {};
    for (const [, name, value] of (match[2] ?? '').matchAll(labelPair)) labels[name] = value.replace(/\\[n"\\]/g, found => escapes[found]);
    if (!samples.has(match[1])) samples.set(match[1], []);
    samples.get(match[1]).push({ labels, value: match[3] === '+Inf' ? Infinity : Number(match[3]) });
  }
  return samples;
}

/** The sum of the samples of a name that have these labels. */
export function sum(samples, name, labels) {
  let total = 0;
  for (const sample of samples.get(name) ?? []) {
    if (Object.entries(labels).every(([key, value]) => sample.labels[key] === value)) total += sample.value;
  }
  return total;
}

/** The bucket counts of an endpoint's histogram, smallest bound first: [{ bound, count }], cumulative; less those of an earlier scrape. */
export function buckets(samples, name, endpoint, earlier) {
  const before = earlier ? new Map(buckets(earlier, name, endpoint).map(bucket => [bucket.bound, bucket.count])) : new Map();
  return (samples.get(`${name}_bucket`) ?? [])
    .filter(sample => sample.labels.endpoint === endpoint)
    .map(sample => ({ bound: sample.labels.le === '+Inf' ? Infinity : Number(sample.labels.le), count: sample.value }))
    .map(({ bound, count }) => ({ bound, count: count - (before.get(bound) ?? 0) }))
    .sort((left, right) => left.bound - right.bound);
}

/** A quantile of cumulative buckets, linear inside a bucket as Prometheus has it; null without any value. */
export function quantile(cumulative, q) {
  const total = cumulative.at(-1)?.count ?? 0;
  if (!(total > 0)) return null;
  const rank = q * total;
  let [lower, below] = [0, 0];
  for (const { bound, count } of cumulative) {
    if (count >= rank && count > below) {
      return bound === Infinity ? lower : lower + (bound - lower) * (rank - below) / (count - below);
    }
    [lower, below] = [bound, count];
  }
  return lower;
}
