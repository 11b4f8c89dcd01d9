import { decodeModel, encodeModel, type Model, parseModel, printModel } from '@refold/ir';
import { allPasses, defaultPasses } from '@refold/passes';
import { expect, test } from 'vitest';
import type { Progress } from './options.ts';
import { choosePasses, simplify, tryOut } from './simplify.ts';

const model = (graph: string): Uint8Array =>
  encodeModel(parseModel(`<ir_version: 8, opset_import: ["" : 17]> ${graph}`));
const wasteful = model('main (float[N] x) => (float[N] y) { same = Identity (x)  y = Neg (same) }');
const ops = (m: Model): string[] => [...m.graph.nodes()].map((n) => n.op);
const code = (c: string) => expect.objectContaining({ code: c });

test('bytes in, bytes and a report out; what came in is not touched', async () => {
  const copy = wasteful.slice();
  const { bytes, report } = await simplify(wasteful);
  expect(wasteful).toEqual(copy);
  expect(ops(decodeModel(bytes ?? new Uint8Array()))).toEqual(['Neg']);
  expect(report).toMatchObject({
    tool: 'refold',
    input: { nodes: 2, bytes: wasteful.byteLength, operators: { Identity: 1, Neg: 1 } },
    output: { nodes: 1, bytes: bytes?.byteLength },
    stopped: 'settled',
    warnings: [],
  });
});

test('the same input and options give the same bytes, and a result stays as it is', async () => {
  const [one, two] = [await simplify(wasteful), await simplify(wasteful)];
  expect(one.bytes).toEqual(two.bytes);
  expect((await simplify(one.bytes ?? new Uint8Array())).bytes).toEqual(one.bytes);
});

test('without passes a model comes back as it was', async () => {
  expect((await simplify(wasteful, { only: [] })).bytes).toEqual(wasteful);
});

test('trying out encodes nothing', async () => {
  const { bytes, report } = await tryOut(wasteful);
  expect(bytes).toBeUndefined();
  expect(report.output).toMatchObject({ nodes: 1 });
  expect(report.output.bytes).toBeUndefined();
});

test('progress comes in stages, with passes and rounds', async () => {
  const steps: Progress[] = [];
  await simplify(wasteful, { check: 1, onProgress: (step) => steps.push(step) });
  expect([...new Set(steps.map((s) => s.stage))]).toEqual(['read', 'simplify', 'check', 'write']);
  expect(steps).toContainEqual({ stage: 'simplify', pass: 'dead/nodes', round: 0 });
});

test('a signal ends a run', async () => {
  await expect(simplify(wasteful, { signal: AbortSignal.abort() })).rejects.toThrow(code('usage/aborted'));
  const later = new AbortController();
  const onProgress = ({ stage }: Progress): void => {
    if (stage === 'simplify') later.abort();
  };
  await expect(simplify(wasteful, { signal: later.signal, onProgress })).rejects.toThrow(
    code('usage/aborted'),
  );
});

test('unknown passes are refused before the model is read', async () => {
  for (const options of [{ skip: ['no/such'] }, { only: ['no/such'] }, { also: ['no/such'] }]) {
    await expect(simplify(new Uint8Array(), options)).rejects.toThrow(code('usage/unknown-name'));
  }
});

test('passes are chosen by name, and keep their order', () => {
  const names = (options: Parameters<typeof choosePasses>[0]) => choosePasses(options).map((p) => p.name);
  expect(names({})).toEqual(defaultPasses.map((p) => p.name));
  expect(names({ only: ['dead/nodes', 'constants/fold'] })).toEqual(['constants/fold', 'dead/nodes']);
  expect(names({ skip: ['dead/nodes'] })).not.toContain('dead/nodes');
  expect(names({ only: ['dead/nodes'], skip: ['dead/nodes'] })).toEqual([]);
  expect(names({ also: allPasses.map((p) => p.name) })).toEqual(allPasses.map((p) => p.name));
});

test('a cut keeps what is between, under its own names', async () => {
  const bytes = model('main (float[2] x) => (float[2] z) { a = Neg (x) b = Exp (a) z = Sin (b) }');
  const { bytes: cut = new Uint8Array() } = await simplify(bytes, {
    inputs: ['a'],
    outputs: ['b'],
    only: ['dead/nodes'],
  });
  expect(printModel(decodeModel(cut))).toContain('main (float[2] a) => (float[2] b) {\n   b = Exp (a)\n}');
});

test('an initializer may become an input', async () => {
  const bytes = model('main (float[2] x) => (float[2] y) <float[2] w = {1, 2}> { y = Add (x, w) }');
  const { bytes: cut = new Uint8Array() } = await simplify(bytes, { inputs: ['x', 'w'] });
  expect(decodeModel(cut).graph.inputs.map((v) => v.name)).toEqual(['x', 'w']);
  expect(decodeModel(cut).graph.initializers.size).toBe(0);
});

test('models that no runtime could load are refused, whatever the passes', async () => {
  const bad = model('main (float[2] x, int64[2] n) => (y) { y = Add (x, n) }');
  await expect(simplify(bad, { only: [] })).rejects.toThrow(code('model/invalid'));
  const wrongType = model('main (float[2] x) => (int64[2] y) { y = Neg (x) }');
  await expect(simplify(wrongType)).rejects.toThrow(/'y' is float\[2\], but is said to be int64\[2\]/);
});

test('the opset is raised before the passes, which can use the new operators', async () => {
  const gate = '<ir_version: 8, opset_import: ["" : 12]> main (float[N, 2] x) => (float[N] y)';
  const old = `${gate} {
    s = HardSigmoid <alpha = 0.16666667, beta = 0.5> (x) t = Mul (x, s) y = ReduceSum <axes = [1], keepdims = 0> (t)
  }`;
  const { bytes, report } = await simplify(encodeModel(parseModel(old)), { opset: 14, check: 1 });
  const result = decodeModel(bytes ?? new Uint8Array());
  expect(ops(result)).toEqual(['HardSwish', 'ReduceSum']);
  expect(result.opsets.get('')).toBe(14);
  expect(report).toMatchObject({ opset: { from: 12, to: 14, nodes: 1 }, check: { verdict: 'equal' } });
  const latest = await simplify(wasteful, { opset: 'latest' });
  expect(latest.report.output.opsets['ai.onnx']).toBe(latest.report.opset?.to);
  expect('opset' in (await simplify(wasteful)).report).toBe(false);
});
