import { existsSync, readFileSync } from 'node:fs';
import { encodeModel, parseModel } from '@refold/ir';
import { openModel } from '@refold/ir/node';
import { fromReals, writeNpz } from '@refold/runtime';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { bytesOf, Folder, refold } from './helpers.ts';

const folder = new Folder();
const ajv = new Ajv2020({ strict: true, allErrors: true });
for (const name of ['dynamic', 'weights', 'conversion']) {
  const file = new URL(`../../../docs/${name}.schema.json`, import.meta.url);
  ajv.addSchema(JSON.parse(readFileSync(file, 'utf8')));
}

const numbers = (count: number, seed = 1): string =>
  Array.from({ length: count }, (_, i) => Math.sin(seed * i * i).toFixed(4)).join();
const net = `main (float[N, 32] x) => (float[N, 32] y)
  <float[32, 32] u = {${numbers(1024)}}, float[32] b = {${numbers(32)}}, float[32, 32] v = {${numbers(1024, 2)}},
   float[32, 32] w = {${numbers(1024, 3)}}>
  { a = MatMul (x, u) s = Add (a, b) r = Relu (s) c = MatMul (r, v) e = Exp (c) y = MatMul (e, w) }`;

const files = () => {
  const samples = fromReals(
    'float32',
    [8, 32],
    Float32Array.from({ length: 256 }, (_, i) => Math.sin(i)),
  );
  return {
    model: folder.with('in.onnx', bytesOf(net)),
    data: folder.with('data.npz', writeNpz(new Map([['x', samples]]))),
    out: folder.at('out.onnx'),
    report: folder.at('report.json'),
  };
};

const operators = (path: string): readonly string[] =>
  [...openModel(path).graph.nodes()].map((n) => n.opType);

/** One clean line on stderr, nothing on stdout, no model written. */
async function refuses(status: number, message: RegExp, ...argv: readonly string[]): Promise<void> {
  const { model, out } = files();
  const [command = '', ...options] = argv;
  const answer = await refold(command, model, out, ...options);
  expect(answer.err).toMatch(message);
  expect(answer.err).toMatch(/^refold: [^\n]+\n$/);
  expect([answer.status, answer.out, existsSync(out)]).toEqual([status, '', false]);
}

const runs = [
  { id: 'refold-dynamic', line: 'quantize --method dynamic', made: 'MatMulInteger', samples: false },
  { id: 'refold-weights', line: 'quantize --method weights', made: 'DequantizeLinear', samples: true },
  {
    id: 'refold-weights',
    line: 'quantize --method weights --bits 8 --format matmulnbits --accuracy-level 4 --block 16 --symmetric',
    made: 'MatMulNBits',
    samples: true,
  },
  { id: 'refold-conversion', line: 'convert', made: 'Cast', samples: true },
  { id: 'refold-conversion', line: 'convert --to bfloat16 --io', made: 'Cast', samples: false },
] as const;

test.each(runs)('$line: the model is written, and the report is as its schema says', async (one) => {
  const { model, data, out, report } = files();
  const [command = '', ...words] = one.line.split(' ');
  for (const more of [[], ...(one.samples ? [['--data', data]] : [])]) {
    const argv = [command, model, out, ...words, ...more, '--report', report];
    const { status, out: printed } = await refold(...argv, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual(JSON.parse(printed));
    ajv.validate(one.id, JSON.parse(printed));
    expect(ajv.errors).toBeNull();
    if (one.samples) expect(JSON.parse(printed)).toMatchObject({ samples: more.length === 0 ? 0 : 8 });
    expect(operators(out)).toContain(one.made);
  }
});

test('people are told what runs on integers, and why the rest does not', async () => {
  const { model, out } = files();
  const { out: dynamic } = await refold('quantize', model, out, '--method', 'dynamic', '--keep', 'y');
  expect(dynamic).toMatch(/^dynamic: products on integers, 2 values quantized at run time$/m);
  expect(dynamic).toMatch(/^floats: kept as asked: y \(MatMul\)$/m);
  expect(dynamic).toMatch(/^constants: 12\.1 KiB became \d+\.\d KiB$/m);
  const { out: weights } = await refold('quantize', model, out, '--method', 'weights');
  expect(weights).toMatch(/^weights: 1 weight as codes \(qdq, blocks of 32\)$/m);
  expect(weights).toMatch(/^floats: first or last product: s \(Gemm\), y \(MatMul\)$/m);
  const { out: half } = await refold('convert', model, out);
  expect(half).toMatch(/^float32: loses too much, or kept as asked: e \(Exp\)$/m);
});

test('weights have the bits that are asked for', async () => {
  const { model, out } = files();
  const line = ['quantize', model, out, '--method', 'weights', '--ends', '--bits', '4', 'v=8', 'y=8'];
  expect((await refold(...line)).status).toBe(0);
  const types = [...openModel(out).graph.nodes()].flatMap((n) =>
    n.is('DequantizeLinear') ? [n.inputs[0]?.tensor?.dtype] : [],
  );
  expect(types.toSorted()).toEqual(['uint4', 'uint8', 'uint8']);
});

test('options that do not go together, and names of nothing, are refused in one sentence', async () => {
  const dynamic = ['quantize', '--method', 'dynamic'];
  const weights = ['quantize', '--method', 'weights'];
  await refuses(
    2,
    /--observer does nothing with --method dynamic; it is for --method static/,
    ...dynamic,
    '--observer',
    'mse',
  );
  await refuses(
    2,
    /--data does nothing with --method dynamic; .*static and weights/,
    ...dynamic,
    '--data',
    'x.npz',
  );
  await refuses(2, /--analyse does nothing with --method weights/, ...weights, '--analyse');
  await refuses(2, /--block does nothing with --method static/, 'quantize', '--block', '64');
  await refuses(
    2,
    /there is no method 'dynamics'; did you mean dynamic\?/,
    'quantize',
    '--method',
    'dynamics',
  );
  await refuses(2, /there is no format 'qdd'; did you mean qdq\?/, ...weights, '--format', 'qdd');
  await refuses(2, /blocks of 16, 32, 64, 128/, ...weights, '--format', 'MatMulNBits', '--block', '24');
  await refuses(
    2,
    /--accuracy-level does nothing without --format matmulnbits/,
    ...weights,
    '--accuracy-level',
    '4',
  );
  await refuses(2, /rounding by descent needs samples/, ...weights, '--rounding', 'descent');
  await refuses(2, /weights have codes of 4 or 8 bits, not '16'/, ...weights, '--bits', '16');
  await refuses(2, /there is no layer or weight 'nobody'/, ...weights, '--bits', 'nobody=8');
  await refuses(2, /there is no conversion to 'float8'/, 'convert', '--to', 'float8');
  await refuses(4, /absent\.npz/, 'convert', '--data', 'absent.npz');
});

test('a model that has nothing to quantize is written as it is', async () => {
  const trees = encodeModel(
    parseModel(`<ir_version: 8, opset_import: ["ai.onnx.ml" : 3]> g (float[N, 2] x) => (float[N, 2] y) {
      y = ai.onnx.ml.Scaler <offset = [1.0], scale = [2.0]> (x) }`),
  );
  const model = folder.with('trees.onnx', trees);
  for (const line of ['quantize --method dynamic', 'quantize --method weights', 'convert']) {
    const [command = '', ...words] = line.split(' ');
    expect(await refold(command, model, folder.at('out.onnx'), ...words)).toMatchObject({
      status: 0,
      err: '',
    });
    expect(operators(folder.at('out.onnx')), line).toContain('Scaler');
  }
});

test('an error about the model names its file and node, and nothing is written', async () => {
  const bad = folder.with(
    'bad.onnx',
    bytesOf('main (float[2,3] x) => (y) <float[4] w = {1, 2, 3, 4}> { y = MatMul (x, w) }'),
  );
  for (const line of [
    ['quantize', '--method', 'dynamic'],
    ['quantize', '--method', 'weights'],
    ['convert'],
  ]) {
    const [command = '', ...words] = line;
    const { status, err } = await refold(command, bad, folder.at('out.onnx'), ...words);
    expect([status, existsSync(folder.at('out.onnx'))]).toEqual([3, false]);
    expect(err).toMatch(/^refold: [^\n]*bad\.onnx[^\n]*\n$/);
  }
});
