import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { decodeModel, encodeModel } from '@refold/ir';
import { createSession, type NdArray, type Session } from '@refold/runtime';
import type * as Ort from 'onnxruntime-web';
import {
  type Feeds,
  feedsOf,
  modelOf,
  modelsFolder,
  networkFiles,
  networkPath,
  nodeCases,
  type Times,
  timesOf,
} from './inference.ts';
import { row } from './measure.ts';
import { pythonEvaluatorTimes } from './python-evaluator.ts';

/*
 * The fast tier against onnxruntime-web, both on one thread, in turns in one run, in processor time: `x` says how many
 * times as long onnxruntime-web takes, by the medians and by the best of all rounds. Whole networks are read from the folder that
 * REFOLD_MODELS names, or `--models FOLDER`. With `--relaxed` sessions ask for relaxed SIMD. `--networks` leaves out
 * single nodes; `--python` leaves all but the comparison with ONNX's reference evaluator.
 */

const ROUNDS = 15;

/** How long one line goes on at least, and may go on, in milliseconds: short ones in many rounds. */
const LEAST = 3000;
const PATIENCE = 20_000;

/** Lets products of the fast tier be fused; Node before 22 knows such instructions only if it is told. */
const relaxedSimd = process.argv.includes('--relaxed');
if (relaxedSimd) setFlagsFromString('--experimental-wasm-relaxed-simd');

function otherTensor(ort: typeof Ort, { dtype, dims, data }: NdArray): Ort.Tensor {
  return new ort.Tensor(dtype as 'float32', data as Float32Array, dims);
}

/** Milliseconds of processor time, which other programs do not disturb as they do time on the wall. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Whether another round comes after so many that count, and so many milliseconds. */
function goesOn(rounds: number, elapsed: number): boolean {
  return rounds < 2 || (rounds < ROUNDS ? elapsed < PATIENCE : elapsed < LEAST);
}

/** Runs both in turns. The first rounds, in which engines still compile, do not count. */
async function versus(
  ort: typeof Ort,
  bytes: Uint8Array,
  ours: Session,
  feeds: Feeds,
): Promise<readonly [Times, Times]> {
  const other = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const tensors = Object.fromEntries(Object.entries(feeds).map(([name, a]) => [name, otherTensor(ort, a)]));
  const [own, others]: [number[], number[]] = [[], []];
  const started = performance.now();
  const warm = 3;
  for (let round = 0; goesOn(round - warm, performance.now() - started); round += 1) {
    const before = processorTime();
    ours.run(feeds);
    const between = processorTime();
    await other.run(tensors);
    const after = processorTime();
    if (round < warm) continue;
    own.push(between - before);
    others.push(after - between);
  }
  await other.release();
  return [timesOf(own), timesOf(others)];
}

function print(name: string, [own, other]: readonly [Times, Times]): number {
  const ratio = other.median / own.median;
  const cells = [
    own.median.toFixed(2),
    other.median.toFixed(2),
    ratio.toFixed(2),
    (other.best / own.best).toFixed(2),
  ];
  console.log(row(name.padEnd(30), cells));
  return ratio;
}

async function kernels(ort: typeof Ort): Promise<void> {
  for (const [name, node, winograd] of nodeCases) {
    const model = modelOf(node);
    const session = createSession(model, { tier: 'fast', winograd, relaxedSimd });
    print(name, await versus(ort, encodeModel(model), session, node.inputs));
  }
}

async function wholeNetworks(ort: typeof Ort, folder: string): Promise<void> {
  const ratios: number[] = [];
  for (const [file, bytes, size] of networkFiles(folder)) {
    const session = createSession(decodeModel(bytes), { tier: 'fast', checkShapes: false, relaxedSimd });
    ratios.push(print(`${file} ${size}`, await versus(ort, bytes, session, feedsOf(session, size))));
    const use = session.memoryUse();
    if (use) {
      const share = (use.weights + use.arena + use.beside) / (use.constants + use.arenaBound);
      console.log(`  memory ${(share).toFixed(2)} of weights and liveness bound, arena ${use.arena} bytes`);
    }
  }
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  if (ratios.length > 0) console.log(row('geometric mean'.padEnd(30), ['', '', mean.toFixed(2)]));
}

/** The network that ONNX's reference evaluator, in Python, runs beside ours, at the sizes of a check and of its training. */
const evaluated = { file: 'tv_resnet50.ts13', sizes: [64, 224] };

function besidePython(folder: string): void {
  const path = networkPath(folder, evaluated.file);
  if (path === undefined) return;
  console.log(row(''.padEnd(30), ['refold ms', 'python ms', 'x', 'x (best)']));
  for (const size of evaluated.sizes) {
    const others = pythonEvaluatorTimes(path, [1, 3, size, size], 5);
    if (!others) return;
    const model = decodeModel(new Uint8Array(readFileSync(path)));
    const session = createSession(model, { tier: 'fast', checkShapes: false, relaxedSimd });
    const feeds = feedsOf(session, size);
    const own: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const before = processorTime();
      session.run(feeds);
      own.push(processorTime() - before);
    }
    // The first run packs weights.
    print(`${evaluated.file} ${size}`, [timesOf(own.slice(1)), timesOf(others)]);
    print(`${evaluated.file} ${size}, first run`, [timesOf(own.slice(0, 1)), timesOf(others)]);
  }
}

const module = await import('onnxruntime-web');
const ort: typeof Ort = 'default' in module ? (module.default as typeof Ort) : module;
ort.env.wasm.numThreads = 1;
const pythonOnly = process.argv.includes('--python');
if (!pythonOnly) console.log(row(''.padEnd(30), ['refold ms', 'ort-web ms', 'x', 'x (best)']));
if (!pythonOnly && !process.argv.includes('--networks')) await kernels(ort);
const folder = modelsFolder();
if (folder !== undefined) {
  if (!pythonOnly) await wholeNetworks(ort, folder);
  besidePython(folder);
}
