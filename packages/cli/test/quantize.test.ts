import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { openModel } from '@refold/ir/node';
import { fromReals, type NdArray, writeNpy, writeNpz, writeTensorFile } from '@refold/runtime';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { bytesOf, Folder, refold } from './helpers.ts';

const folder = new Folder();
const schemas = ['quantization', 'analysis'].map((name) =>
  JSON.parse(readFileSync(new URL(`../../../docs/${name}.schema.json`, import.meta.url), 'utf8')),
);
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).addSchema(schemas);

const net = `main (float[N, 2] x) => (float[N, 2] y) <float[2, 2] w = {1, -2, 3, 0.5}, float[2] b = {0.5, 1}>
  { a = MatMul (x, w) s = Add (a, b) r = Relu (s) y = MatMul (r, w) }`;
const rows = (count: number, scale = 1): NdArray =>
  fromReals(
    'float32',
    [count, 2],
    Float32Array.from({ length: 2 * count }, (_, i) => Math.sin(i) * scale),
  );

const files = () => ({
  model: folder.with('in.onnx', bytesOf(net)),
  data: folder.with('data.npz', writeNpz(new Map([['x', rows(6)]]))),
  out: folder.at('out.onnx'),
});

/** One clean line on stderr, nothing on stdout, no model written. */
async function refuses(status: number, message: RegExp, ...argv: readonly string[]): Promise<void> {
  const { model, out } = files();
  const answer = await refold('quantize', model, out, ...argv);
  expect(answer.err).toMatch(message);
  expect(answer.err).toMatch(/^refold: [^\n]+\n$/);
  expect([answer.status, answer.out, existsSync(out)]).toEqual([status, '', false]);
}

test('a model is quantized by samples from a file, and the report is as its schema says', async () => {
  const { model, data, out } = files();
  const report = folder.at('report.json');
  for (const target of ['onnxruntime-cpu', 'tensorrt', 'tflite', 'integer-only']) {
    const args = ['--data', data, '--target', target, '--report', report];
    const { status, out: printed } = await refold('quantize', model, out, ...args, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual(JSON.parse(printed));
    ajv.validate('refold-quantization', JSON.parse(printed));
    expect(ajv.errors).toBeNull();
    expect(JSON.parse(printed)).toMatchObject({ target, samples: 6 });
    expect([...openModel(out).graph.nodes()].map((n) => n.opType)).toContain('QuantizeLinear');
  }
});

test('people are told what runs on codes, and what classes lose', async () => {
  const { model, data, out } = files();
  const { out: text } = await refold('quantize', model, out, '--data', data, '--keep', 'y');
  expect(text).toMatch(/^onnxruntime-cpu, ranges by \S+ of 6 samples$/m);
  expect(text).toMatch(/^integers: 1 node \(Gemm 1\)$/m);
  expect(text).toMatch(/^floats: {3}2 nodes/m);
  expect(text).toMatch(/^ {4}x \[.*\], 255 levels, /m);
});

test('operators on codes are written if that is asked for', async () => {
  const { model, data, out } = files();
  const { status } = await refold('quantize', model, out, '--data', data, '--format', 'qoperator');
  expect(status).toBe(0);
  expect([...openModel(out).graph.nodes()].map((n) => n.op)).toContain('com.microsoft.QGemm');
});

test('codes have the bits that are asked for', async () => {
  const { model, data, out } = files();
  const { status } = await refold('quantize', model, out, '--data', data, '--bits', 'x=16');
  expect(status).toBe(0);
  const [first] = [...openModel(out).graph.nodes()].filter((n) => n.is('QuantizeLinear'));
  expect(first?.inputs[2]?.tensor?.dtype).toBe('uint16');
  for (const bits of ['x=12', 'x', '=8', 'nobody=8']) {
    const { status: refused, err } = await refold('quantize', model, out, '--data', data, '--bits', bits);
    expect(refused, bits).not.toBe(0);
    expect(err).toContain(bits.replace('=8', ''));
  }
});

test('samples lie in files and folders of all kinds', async () => {
  const { model, out } = files();
  const stacked = fromReals(
    'float32',
    [3, 2, 2],
    Float32Array.from({ length: 12 }, (_, i) => i - 6),
  );
  const named = folder.at('named');
  const tests = folder.at('tests');
  const many = folder.at('many');
  for (const path of [named, tests, many]) mkdirSync(path);
  for (const i of [0, 1]) mkdirSync(folder.at(`tests/test_data_set_${i}`));
  for (const i of [0, 1])
    folder.with(`tests/test_data_set_${i}/input_0.pb`, writeTensorFile(rows(2, i + 1), 'x'));
  folder.with('named/x.npy', writeNpy(rows(4)));
  for (const i of [2, 10]) folder.with(`many/${i}.npy`, writeNpy(rows(i)));
  const cases: readonly (readonly [string, number])[] = [
    [folder.with('x.npy', writeNpy(stacked)), 3],
    [folder.with('x.pb', writeTensorFile(rows(5), 'x')), 5],
    [named, 4],
    [tests, 4],
    [many, 12],
  ];
  for (const [path, samples] of cases) {
    const { out: printed } = await refold('quantize', model, out, '--data', path, '--json');
    expect(JSON.parse(printed), path).toMatchObject({ samples });
  }
  const { out: printed } = await refold('quantize', model, out, '--data', many, '--samples', '7', '--json');
  expect(JSON.parse(printed)).toMatchObject({ samples: 7 });
});

test('statistics are saved, and serve another target, alone or with more samples', async () => {
  const { model, data, out } = files();
  const stats = folder.at('seen.txt');
  const first = ['--data', data, '--observer', 'min-max', '--json'];
  await refold('quantize', model, out, ...first, '--save-stats', stats);
  const alone = ['--stats', stats, '--target', 'tflite', '--json'];
  const { out: printed, err } = await refold('quantize', model, out, ...alone);
  expect(JSON.parse(printed)).toMatchObject({ samples: 6, target: 'tflite', observer: 'min-max', tried: [] });
  // Nothing was compared, and people are told so.
  expect(err).toMatch(
    /^refold: ranges are min-max: .* cannot be compared without samples; [^\n]*--observer\n$/,
  );
  expect(JSON.parse(printed).diagnostics).toContainEqual(expect.objectContaining({ code: 'untried' }));
  ajv.validate('refold-quantization', JSON.parse(printed));
  expect(ajv.errors).toBeNull();
  const chosen = await refold('quantize', model, out, ...alone, '--observer', 'min-max');
  expect([chosen.err, JSON.parse(chosen.out).diagnostics]).toEqual(['', []]);
  const { out: more } = await refold('quantize', model, out, ...first, '--stats', stats);
  expect(JSON.parse(more)).toMatchObject({ samples: 12 });
});

test('what is wrong with data is said, and nothing is written', async () => {
  const odd = (name: string, array: NdArray) => [
    '--data',
    folder.with('odd.npz', writeNpz(new Map([[name, array]]))),
  ];
  const nan = fromReals('float32', [1, 2], [Number.NaN, 1]);
  await refuses(
    2,
    /1 of 1 samples hold 1 NaN and 0 infinite numbers, the first in 'x' of sample 1/,
    ...odd('x', nan),
  );
  await refuses(2, /the model has no input 'xx'; its inputs are x/, ...odd('xx', rows(1)));
  await refuses(
    2,
    /odd\.npz: input "x" is float64 and must be float32/,
    ...odd('x', fromReals('float64', [1, 2], [1, 2])),
  );
  const empty = folder.with('empty.npz', writeNpz(new Map()));
  await refuses(2, /empty\.npz holds nothing for the input 'x'/, '--data', empty);
  await refuses(2, /quantizing needs samples of the inputs; give samples with --data/);
  await refuses(2, /is neither a folder nor a file of arrays/, '--data', folder.with('x.txt', ''));
  await refuses(2, /not usable statistics/, '--stats', folder.with('s.txt', 'nothing'));
  await refuses(4, /absent\.npz/, '--data', folder.at('absent.npz'));
  await refuses(4, /cannot read .*absent: there is no such file/, '--data', folder.at('absent'));
  const { data } = files();
  await refuses(2, /there is no target 'tflit'; did you mean tflite\?/, '--data', data, '--target', 'tflit');
  await refuses(2, /'mean' is not a way to choose ranges/, '--data', data, '--observer', 'mean');
  await refuses(
    2,
    /no node, output or operator is called 'Gem'; --keep takes names/,
    '--data',
    data,
    '--keep',
    'Gem',
  );
  await refuses(2, /there is no format 'qlinear'/, '--data', data, '--format', 'qlinear');
});

test('an analysis is as its schema says, on the terminal and in a file, and writes no model', async () => {
  const { model, data, out } = files();
  const report = folder.at('analysis.json');
  const args = ['--analyse', '--data', data, '--target', 'tflite', '--budget', '1e-9'];
  const { status, out: printed } = await refold('quantize', model, ...args, '--report', report, '--json');
  expect(status).toBe(0);
  const analysis = JSON.parse(printed);
  expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual(analysis);
  ajv.validate('refold-analysis', analysis);
  expect(ajv.errors).toBeNull();
  expect(analysis.layers.map((l: { samples: number }) => l.samples)).toEqual([6, 6]);
  expect(analysis.classes[0].members[0]).toMatchObject({ noiseToSignal: expect.any(Number) });
  ajv.validate('refold-analysis', { ...analysis, classes: [{ ...analysis.classes[0], other: 1 }] });
  expect(ajv.errors).not.toBeNull();
  const { out: text } = await refold('quantize', model, ...args);
  expect(text).toMatch(/^ {2}\S+ {2}y \(MatMul\), cosine \S+, on 6 samples$/m);
  expect(existsSync(out)).toBe(false);
});

test('weights get as few bits as a budget allows, and a budget is asked for', async () => {
  const { model, data, out } = files();
  const args = ['--data', data, '--smallest'];
  const { out: printed } = await refold('quantize', model, out, ...args, '--budget', '1', '--json');
  const report = JSON.parse(printed);
  ajv.validate('refold-quantization', report);
  expect(ajv.errors).toBeNull();
  expect(report.small).toMatchObject({ weights: ['w'], saved: 2 });
  expect([...openModel(out).graph.initializers].map((v) => v.tensor?.dtype)).toContain('int4');
  const { out: text } = await refold('quantize', model, out, ...args, '--budget', '1');
  expect(text).toMatch(/^4 bits for 1 weight, which saves 2 B; noise-to-signal ratio \S+$/m);
  const { status, err } = await refold('quantize', model, out, ...args);
  expect([status, err]).toEqual([2, expect.stringContaining('as few bits as a budget allows')]);
});

test('outliers are moved into weights if that is asked for, and the report says how many', async () => {
  const { data, out } = files();
  await refuses(
    2,
    /--save-stats does not go with --migrate/,
    '--data',
    data,
    '--migrate',
    '--save-stats',
    'x.txt',
  );
  const text = `main (float[N, 2] x) => (float[N, 2] y)
    <float[2] s = {100, 0.01}, float[2,2] w = {0.01, 0.02, 5, -7}>
    { n = LayerNormalization (x, s) y = MatMul (n, w) }`;
  const model = folder.with('normal.onnx', bytesOf(text));
  const line = ['quantize', model, out, '--data', data, '--migrate'];
  const { status, out: printed } = await refold(...line, '--json');
  expect(status).toBe(0);
  ajv.validate('refold-quantization', JSON.parse(printed));
  expect(ajv.errors).toBeNull();
  expect(JSON.parse(printed)).toMatchObject({ migrated: 1, samples: 6 });
  expect((await refold(...line)).out).toMatch(/^outliers of 1 normalization moved into weights$/m);
});
