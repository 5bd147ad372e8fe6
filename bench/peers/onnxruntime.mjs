// ONNX Runtime as a peer. Arguments: the folder whose node_modules has onnxruntime-node, the threads, and the processors to pin them to ("0,1", or "").
// Reads requests as JSON lines on standard input and answers each with one JSON line:
//   {"model": "file.onnx", "batches": [[[101, 7, 102], [101, 102]]], "types": null, "repeat": 3}  ->  {"seconds": [..3..], "logits": [[0.1, 0.2], [..]]}
//   {"model": "file.onnx", "release": true}                                                     ->  {}
// A pass runs every batch once, each padded to the longest of its sequences; what the batches are is the caller's policy. "types" has the shape of
// "batches"; without it all are 0. The first line written names what runs: {"name": "ONNX Runtime 1.30.0"}.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';

const [folder, threads, processors] = process.argv.slice(2);
const load = createRequire(resolve(folder, 'package.json'));
const ort = load('onnxruntime-node');
const sessions = new Map();

// The calling thread is the first of the team, so affinities (which count processors from 1) are of the others.
const others = processors ? processors.split(',').slice(1, Number(threads)) : [];
const affinities = others.length > 0 ? { intra_op_thread_affinities: others.map(processor => String(Number(processor) + 1)).join(';') } : {};

async function session(path) {
  if (!sessions.has(path)) {
    sessions.set(path, await ort.InferenceSession.create(path, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: Number(threads),
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      extra: { session: affinities },
    }));
  }
  return sessions.get(path);
}

function feeds(sequences, types) {
  const longest = Math.max(...sequences.map(tokens => tokens.length));
  const tensor = value => {
    const data = new BigInt64Array(sequences.length * longest);
    sequences.forEach((tokens, row) => {
      for (let i = 0; i < tokens.length; i++) data[row * longest + i] = BigInt(value(row, i));
    });
    return new ort.Tensor('int64', data, [sequences.length, longest]);
  };
  return {
    input_ids: tensor((row, i) => sequences[row][i]),
    attention_mask: tensor(() => 1),
    token_type_ids: tensor((row, i) => types?.[row][i] ?? 0),
  };
}

async function measure({ model, batches, types, repeat }) {
  const runner = await session(model);
  const inputs = batches.map((batch, i) => feeds(batch, types?.[i]));
  const seconds = [];
  let outputs = [];
  for (let pass = 0; pass < repeat; pass++) {
    const results = [];
    const start = performance.now();
    for (const input of inputs) results.push((await runner.run(input)).logits);
    seconds.push((performance.now() - start) / 1000);
    outputs = results;
  }
  return { seconds, logits: outputs.flatMap(rows) };
}

function rows({ data, dims: [count, labels] }) {
  return Array.from({ length: count }, (_, row) => Array.from(data.slice(row * labels, (row + 1) * labels)));
}

async function release(model) {
  await sessions.get(model)?.release();
  sessions.delete(model);
  return {};
}

const answer = value => process.stdout.write(`${JSON.stringify(value)}\n`);
answer({ name: `ONNX Runtime ${load('onnxruntime-node/package.json').version}` });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const request = JSON.parse(line);
    answer(await (request.release ? release(request.model) : measure(request)));
  } catch (error) {
    answer({ error: String(error.message ?? error) });
  }
}
process.exit(0);
