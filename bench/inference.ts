import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Editor, type Model, newModel, tensorType } from '@refold/ir';
import { NdArray, type Session, tensorFromNd } from '@refold/runtime';

/* What measurements of the fast tier run: single nodes, and whole networks. */

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

export type Feeds = Readonly<Record<string, NdArray>>;

const random = (dims: readonly number[]): NdArray => {
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => Math.random() - 0.5);
  return new NdArray('float32', dims, data);
};

const codes = (dims: readonly number[]): NdArray => {
  const data = Uint8Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => Math.random() * 256);
  return new NdArray('uint8', dims, data);
};

export interface NodeCase {
  readonly op: string;
  readonly inputs: Feeds;
  readonly constants: Feeds;
  readonly pads?: readonly number[];
}

/** A model of one node. */
export function modelOf({ op, inputs, constants, pads }: NodeCase): Model {
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

/** Nodes that are measured, and the largest tiles of Winograd's convolution for each. */
export const nodeCases: readonly (readonly [string, NodeCase, 0 | 2 | 4])[] = [
  ['matmul 512', square(512), 4],
  ['matmul 1024', square(1024), 4],
  ['conv 3x3 64x56x56, F(4x4)', conv, 4],
  ['conv 3x3 64x56x56, F(2x2)', conv, 2],
  ['conv 3x3 64x56x56, direct', conv, 0],
  ['int8 matmul 512', integers(512), 4],
  ['int8 matmul 1024', integers(1024), 4],
];
/** One sample: images of a size, or so many ones as tokens. */
export function feedsOf(session: Session, size: number): Feeds {
  const feeds: Record<string, NdArray> = {};
  for (const { name, type } of session.inputs) {
    if (type?.kind !== 'tensor') throw new Error(`${name} is no tensor`);
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

export interface Times {
  readonly median: number;
  readonly best: number;
}

export function timesOf(list: readonly number[]): Times {
  const sorted = [...list].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1] ?? 0, best: sorted[0] ?? 0 };
}

/** The folder of models: that of `--models FOLDER`, else that of REFOLD_MODELS. */
export function modelsFolder(): string | undefined {
  const flag = process.argv.indexOf('--models');
  const folder = flag > 0 ? process.argv[flag + 1] : process.env.REFOLD_MODELS;
  if (folder === undefined) {
    console.log('For whole networks name the folder of the models: --models FOLDER or REFOLD_MODELS.');
  }
  return folder?.replace(/^~/, homedir());
}

/** Where a network lies in a folder, if it is there. */
export function networkPath(folder: string, name: string): string | undefined {
  const path = join(folder, `${name}.onnx`);
  return existsSync(path) ? path : undefined;
}

/** The networks that a folder has: their names, bytes, and sizes of their inputs. */
export function* networkFiles(
  folder: string,
): Generator<readonly [name: string, bytes: Uint8Array, size: number]> {
  for (const [file, size] of networks) {
    const path = networkPath(folder, file);
    if (path !== undefined) yield [file, new Uint8Array(readFileSync(path)), size];
    else console.log(`${file} is not in ${folder}`);
  }
}
