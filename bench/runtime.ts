import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { decodeModel, Editor, encodeModel, type Model, newModel, tensorType } from '@refold/ir';
import { createSession, NdArray, type Session, tensorFromNd } from '@refold/runtime';
import type * as Ort from 'onnxruntime-web';
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

const networks: readonly (readonly [file: string, size: number])[] = [
  ['tv_resnet50.ts13', 64],
  ['tv_mobilenet_v2.ts9', 64],
  ['tv_densenet121.ts12', 64],
  ['tv_inception_v3.ts11', 96],
  ['tm_repvgg_a0.ts13', 64],
  ['hf_bert_tiny.ts14', 128],
  ['hf_distilbert.ts12', 128],
  ['hf_bert_base.ts17', 128],
];

type Feeds = Readonly<Record<string, NdArray>>;

const random = (dims: readonly number[]): NdArray => {
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => Math.random() - 0.5);
  return new NdArray('float32', dims, data);
};

const codes = (dims: readonly number[]): NdArray => {
  const data = Uint8Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => Math.random() * 256);
  return new NdArray('uint8', dims, data);
};

interface NodeCase {
  readonly op: string;
  readonly inputs: Feeds;
  readonly constants: Feeds;
  readonly pads?: readonly number[];
}

/** A model of one node. */
function modelOf({ op, inputs, constants, pads }: NodeCase): Model {
  const editor = new Editor(newModel(new Map([['', 17]])));
  const { graph } = editor.model;
  const operands = [
    ...Object.entries(inputs).map(([name, a]) =>
      editor.addInput(graph, { name, type: tensorType(a.dtype, a.dims) }),
    ),
    ...Object.values(constants).map((a) => editor.addConstant(graph, tensorFromNd(a))),
  ];
  const attributes = pads ? [{ name: 'pads', type: 'ints' as const, value: pads }] : [];
  const node = editor.createNode(
    { opType: op, inputs: operands, outputs: ['y'], attributes },
    { end: graph },
  );
  editor.setOutputs(
    graph,
    node.outputs.flatMap((value) => value ?? []),
  );
  return editor.model;
}

function otherTensor(ort: typeof Ort, { dtype, dims, data }: NdArray): Ort.Tensor {
  return new ort.Tensor(dtype as 'float32', data as Float32Array, dims);
}

interface Times {
  readonly median: number;
  readonly best: number;
}

function timesOf(list: readonly number[]): Times {
  const sorted = [...list].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1] ?? 0, best: sorted[0] ?? 0 };
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
  const square = (n: number): NodeCase => ({
    op: 'MatMul',
    inputs: { x: random([n, n]) },
    constants: { w: random([n, n]) },
  });
  const conv: NodeCase = {
    op: 'Conv',
    inputs: { x: random([1, 64, 56, 56]) },
    constants: { w: random([64, 64, 3, 3]) },
    pads: [1, 1, 1, 1],
  };
  const integers = (n: number): NodeCase => ({
    op: 'MatMulInteger',
    inputs: { x: codes([n, n]) },
    constants: { w: codes([n, n]), a: codes([]), b: codes([]) },
  });
  const cases: readonly (readonly [string, NodeCase, 0 | 2 | 4])[] = [
    ['matmul 512', square(512), 4],
    ['matmul 1024', square(1024), 4],
    ['conv 3x3 64x56x56, F(4x4)', conv, 4],
    ['conv 3x3 64x56x56, F(2x2)', conv, 2],
    ['conv 3x3 64x56x56, direct', conv, 0],
    ['int8 matmul 512', integers(512), 4],
    ['int8 matmul 1024', integers(1024), 4],
  ];
  for (const [name, node, winograd] of cases) {
    const model = modelOf(node);
    const session = createSession(model, { tier: 'fast', winograd, relaxedSimd });
    print(name, await versus(ort, encodeModel(model), session, node.inputs));
  }
}

async function wholeNetworks(ort: typeof Ort, folder: string): Promise<void> {
  const ratios: number[] = [];
  for (const [file, size] of networks) {
    const path = join(folder, `${file}.onnx`);
    if (!existsSync(path)) {
      console.log(`${file} is not in ${folder}`);
      continue;
    }
    const bytes = new Uint8Array(readFileSync(path));
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
  const path = join(folder, `${evaluated.file}.onnx`);
  if (!existsSync(path)) return;
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

/** One sample: images of a size, or so many ones as tokens. */
function feedsOf(session: Session, size: number): Feeds {
  const feeds: Record<string, NdArray> = {};
  for (const { name, type } of session.inputs) {
    if (type?.kind !== 'tensor') throw new Error(`${name} is not a tensor`);
    const rank = type.shape?.length ?? 0;
    const dims = (type.shape ?? []).map((d, axis) =>
      axis === 0 ? 1 : rank === 4 && axis === 1 ? Number(d) : size,
    );
    const count = dims.reduce((a, b) => a * b, 1);
    if (type.dtype === 'int64') feeds[name] = new NdArray('int64', dims, new BigInt64Array(count).fill(1n));
    else if (type.dtype === 'float16')
      feeds[name] = new NdArray('float16', dims, new Uint16Array(count).fill(0x3800));
    else feeds[name] = random(dims);
  }
  return feeds;
}

const module = await import('onnxruntime-web');
const ort: typeof Ort = 'default' in module ? (module.default as typeof Ort) : module;
ort.env.wasm.numThreads = 1;
const flag = process.argv.indexOf('--models');
const folder = flag > 0 ? process.argv[flag + 1] : process.env.REFOLD_MODELS;
const pythonOnly = process.argv.includes('--python');
if (!pythonOnly) console.log(row(''.padEnd(30), ['refold ms', 'ort-web ms', 'x', 'x (best)']));
if (!pythonOnly && !process.argv.includes('--networks')) await kernels(ort);
if (folder === undefined) {
  console.log('For whole networks name the folder of the models: --models FOLDER or REFOLD_MODELS.');
} else {
  const models = folder.replace(/^~/, homedir());
  if (!pythonOnly) await wholeNetworks(ort, models);
  besidePython(models);
}
