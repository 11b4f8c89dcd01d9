import {
  constantTensor,
  decodeModel,
  dtypeOf,
  Editor,
  encodeModel,
  inferModel,
  type Model,
  tensorFloats,
  verifyModel,
} from '@refold/ir';
import { createSession, type Feeds, makeInputs, reals } from '@refold/runtime';
import { expect, test } from 'vitest';
import { constant, model, nodes, weight } from '../../../test/support.ts';
import { Histogram } from '../statistics/histogram.ts';
import { convertToHalf, type HalfOptions, type HalfReport } from './convert.ts';

interface Converted {
  readonly after: Model;
  readonly report: HalfReport;
  /** The largest difference of an output, in shares of the largest number of that output. */
  readonly error: number;
}

/** The result is valid, keeps its signature, and states types that inference agrees with. */
function converted(text: string, options: HalfOptions = {}, feeds?: Feeds): Converted {
  const setting = { opset: 22 };
  const [before, after] = [model(text, setting), model(text, setting)];
  inferModel(new Editor(before));
  inferModel(new Editor(after));
  const signature = (m: Model): unknown =>
    [m.graph.inputs, m.graph.outputs].map((l) => l.map((v) => [v.name, dtypeOf(v)]));
  const report = convertToHalf(new Editor(after), options);
  expect(verifyModel(after).map((f) => f.message)).toEqual([]);
  expect(signature(after)).toEqual(signature(before));
  const given = feeds ?? makeInputs(before, undefined, { seed: 4 });
  const [x, y] = [createSession(before).run(given), createSession(after).run(given)];
  let error = 0;
  for (const [name, exact] of x) {
    const other = y.get(name);
    if (exact.kind !== 'tensor' || other?.kind !== 'tensor') throw new Error('no tensor');
    const [a, b] = [reals(exact), reals(other)];
    let largest = 1e-9;
    for (let i = 0; i < a.length; i += 1) largest = Math.max(largest, Math.abs(a[i] ?? 0));
    for (let i = 0; i < a.length; i += 1)
      error = Math.max(error, Math.abs((a[i] ?? 0) - (b[i] ?? 0)) / largest);
  }
  return { after, report, error };
}

const dense =
  `(float[2,8] x) => (float[2,4] y) <${weight('u', [8, 8])}, ${weight('b', [8])}, ${weight('w', [8, 4])}>` +
  ' { a = MatMul (x, u) c = Add (a, b) r = Relu (c) y = MatMul (r, w) }';

test('a model that bears it is cast where it begins and where it ends, and nowhere else', () => {
  for (const [to, tolerance] of [
    ['float16', 2e-3],
    ['bfloat16', 2e-2],
  ] as const) {
    const { after, report, error } = converted(dense, { to });
    expect([...after.graph.nodes()].map((n) => n.opType)).toEqual([
      'Cast',
      'MatMul',
      'Add',
      'Relu',
      'MatMul',
      'Cast',
    ]);
    expect(report).toMatchObject({ casts: 2, constants: 3, kept: [] });
    expect(report.converted.length).toBe(4);
    expect([...after.graph.initializers].map((v) => v.tensor?.dtype)).toEqual([to, to, to]);
    expect(error).toBeLessThan(tolerance);
    expect(error).toBeGreaterThan(0);
  }
});

test('a node in the middle that stays has casts on its borders, one for each value', () => {
  const text = dense.replace('r = Relu (c)', 'e = Exp (c) f = Log (e) g = Mul (f, c) r = Relu (g)');
  const { after, report } = converted(text);
  expect(report.kept.map(({ node, reason }) => [node.opType, reason])).toEqual([
    ['Exp', 'kept'],
    ['Log', 'kept'],
  ]);
  // x, c, f and y; between Exp and Log there is none.
  expect(report.casts).toBe(4);
  expect(nodes(after)).toContain('f = Log (e)');
});

test('what is to be kept may be said, and what was seen decides as well', () => {
  const kept = converted(dense, { keep: (node) => node.is('Add') }).report;
  expect(kept.kept.map(({ node }) => node.opType)).toEqual(['Add']);
  for (const [numbers, reason] of [
    [[3e4, 1], 'range'],
    [[1e-6, 1e-7, 0], 'range'],
    [[1e-6, ...new Array<number>(200).fill(1)], undefined],
    [[1e4, 1], undefined],
  ] as const) {
    const seen = Histogram.of(numbers);
    const { report } = converted(dense, { seen: (value) => (value.name === 'c' ? seen : undefined) });
    expect(report.kept.find(({ node }) => node.is('Relu'))?.reason).toBe(reason);
    expect(report.kept.find(({ node }) => node.is('Add'))?.reason).toBe(reason);
    const wide = converted(dense, { to: 'bfloat16', seen: () => seen }).report;
    expect(wide.kept).toEqual([]);
  }
});

test('an epsilon that would become 0 keeps its sum in float32', () => {
  const text = (epsilon: string): string =>
    `(float[4] x) => (float[4] y) <float e = {${epsilon}}> { s = Abs (x) a = Add (s, e) q = Sqrt (a) y = Neg (q) }`;
  const reasons = (epsilon: string): unknown =>
    converted(text(epsilon)).report.kept.map(({ node, reason }) => [node.opType, reason]);
  expect(reasons('1e-12')).toEqual([['Add', 'constant']]);
  expect(reasons('1e-5')).toEqual([]);
  expect(reasons('7e4')).toEqual([['Add', 'constant']]);
});

test('a few tiny weights among others do not matter', () => {
  const values = Array.from({ length: 400 }, (_, i) => (i === 7 ? 1e-12 : 1 + i / 400));
  const text = `(float[1,20] x) => (float[1,20] y) <${constant('w', [20, 20], values)}> { y = MatMul (x, w) }`;
  expect(converted(text).report).toMatchObject({ kept: [], constants: 1 });
});

test('the filling of a mask becomes the lowest finite number, not -Infinity', () => {
  for (const fill of ['-3.4e38', '-1e9']) {
    const text = `(float[2,4] x, bool[2,4] m) => (float[2,4] y) <float fill = {${fill}}> { s = Where (m, x, fill) y = Softmax (s) }`;
    const { after, report, error } = converted(text);
    expect(report.kept).toEqual([]);
    const fills = [...after.graph.initializers].flatMap((v) => {
      const tensor = constantTensor(v);
      return tensor ? [...tensorFloats(tensor)] : [];
    });
    expect(fills).toEqual([-65504]);
    expect(error).toBeLessThan(2e-3);
  }
});

test('long sums and wide rows stay in float32, short ones do not', () => {
  for (const [node, size, kept] of [
    ['y = ReduceMean (x)', 1025, 1],
    ['y = ReduceMean (x)', 1024, 0],
    ['y = Softmax (x)', 2000, 1],
    ['y = Softmax (x)', 100, 0],
    ['y = ReduceL2 (x)', 'N', 1],
  ] as const) {
    const text = `(float[${size}] x) => (float${node.includes('Softmax') ? `[${size}]` : '[1]'} y) { ${node} }`;
    expect(converted(text).report.kept.length, `${node} ${size}`).toBe(kept);
  }
});

test('operators that state a type keep it, and sizes of Resize are float32 as the operator has them', () => {
  const { after } = converted(
    '(float[1,2,4,4] x) => (float[1,2,8,8] y) <float[4] scales = {1, 1, 2, 2}>' +
      ' { r = Relu (x) y = Resize <mode = "linear"> (r, , scales) }',
  );
  expect([...after.graph.initializers].map((v) => v.tensor?.dtype)).toEqual(['float32']);
  expect(nodes(after)).toContain('Resize');
  const cast = converted('(int64[3] i) => (float[3] y) { f = Cast <to = 1> (i) y = Neg (f) }');
  expect([...cast.after.graph.nodes()].map((n) => [n.opType, dtypeOf(n.outputs[0])])).toEqual([
    ['Cast', 'float16'],
    ['Neg', 'float16'],
    ['Cast', 'float32'],
  ]);
});

test('what a loop carries has one type, inside and outside', () => {
  const loop = (body: string): string =>
    '(float[4] x) => (float[4] y) <int64 n = {3}, bool go = {1}> { r = Relu (x) s = Loop <body = body' +
    ` (int64 i, bool c, float[4] s) => (bool d, float[4] t) { d = Identity (c) ${body} }> (n, go, r) y = Neg (s) }`;
  const typesIn = (m: Model): unknown =>
    [...m.graphs()].flatMap((g) => [...g.inputs, ...g.outputs].map((v) => [v.name, dtypeOf(v)]));
  const half = converted(loop('t = Add (s, s)'));
  expect(typesIn(half.after)).toEqual(
    [
      ['x', 'float32'],
      ['y', 'float32'],
      ['i', 'int64'],
      ['c', 'bool'],
      ['s', 'float16'],
      ['d', 'bool'],
      ['t', 'float16'],
    ].map(([name, type]) => [name === 's' ? expect.any(String) : name, type]),
  );
  // The body ends in what must stay: then all that is carried does.
  const full = converted(loop('t = Exp (s)'));
  expect(full.report.kept.map(({ node }) => node.opType).sort()).toEqual(['Exp', 'Loop']);
  expect(full.report.casts).toBe(4);
});

test('branches agree on a type with each other and with what is around', () => {
  const text =
    '(bool c, float[4] x) => (float[4] y) { r = Relu (x) s = If <then_branch = a () => (float[4] p) { p = Neg (r) },' +
    ' else_branch = b () => (float[4] q) { q = Exp (r) }> (c) y = Neg (s) }';
  const { report } = converted(text, {}, undefined);
  expect(report.kept.map(({ node }) => node.opType).sort()).toEqual(['Exp', 'If', 'Neg']);
  const both = converted(text.replace('Exp', 'Abs'));
  expect(both.report.kept).toEqual([]);
});

test('inputs and outputs get the type if that is asked for, and keep their names', () => {
  const m = model(dense, { opset: 22 });
  const { casts } = convertToHalf(new Editor(m), { io: true });
  expect(verifyModel(m).map((f) => f.message)).toEqual([]);
  const signature = [...m.graph.inputs, ...m.graph.outputs].map((v) => [v.name, dtypeOf(v)]);
  expect([casts, signature]).toEqual([
    0,
    [
      ['x', 'float16'],
      ['y', 'float16'],
    ],
  ]);
  const kept = model('(float[4] x, int64[4] i) => (float[4] y, int64[4] z) { y = Exp (x) z = Neg (i) }', {
    opset: 22,
  });
  expect(convertToHalf(new Editor(kept), { io: true }).casts).toBe(2);
  expect([...kept.graph.inputs, ...kept.graph.outputs].map((v) => [v.name, dtypeOf(v)])).toEqual([
    ['x', 'float16'],
    ['i', 'int64'],
    ['y', 'float16'],
    ['z', 'int64'],
  ]);
});

test('what a file states of types is true of the result', () => {
  const stated = dense.replace('<', '<float[2,8] a, float[2,8] r, ');
  for (const io of [false, true]) {
    const m = decodeModel(encodeModel(model(stated, { opset: 22 })));
    convertToHalf(new Editor(m), { io });
    const written = decodeModel(encodeModel(m));
    const types = (): readonly unknown[] =>
      [...written.graph.inputs, ...[...written.graph.nodes()].flatMap((n) => n.outputs)].map((v) => [
        v?.name,
        v?.declared?.kind === 'tensor' ? v.declared.dtype : undefined,
      ]);
    expect(types()).toContainEqual(['a', 'float16']);
    expect(types()).toContainEqual(['r', 'float16']);
    expect(types()).toContainEqual(['y', io ? 'float16' : 'float32']);
    expect(types()).toContainEqual(['x', io ? 'float16' : 'float32']);
    inferModel(new Editor(written));
    expect(verifyModel(written).map((f) => f.message)).toEqual([]);
  }
});

test('sums of squares stay in float32, bounds of Clip become those of the type', () => {
  const text = '(float[2,8] x) => (float[2,1] y) <int64[1] a = {1}> { q = Mul (x, x) y = ReduceMean (q, a) }';
  expect(converted(text).report.kept.map(({ node }) => node.opType)).toEqual(['ReduceMean']);
  const clip =
    '(float[4] x) => (float[4] y) <float low = {0}, float high = {3.4e38}> { a = Neg (x) y = Clip (a, low, high) }';
  const { after, report } = converted(clip);
  expect(report.kept).toEqual([]);
  expect([...after.graph.initializers].flatMap((v) => (v.tensor ? [...tensorFloats(v.tensor)] : []))).toEqual(
    [0, 65504],
  );
});

test('numbers that only fillings of masks have do not keep scores in float32', () => {
  const text = '(float[2,4] x, float[2,4] m) => (float[2,4] y) { s = Add (x, m) y = Softmax (s) }';
  const histogram = Histogram.of([-3.4e38, -1, 0, 2]);
  const seen = (value: { readonly name: string }): Histogram | undefined =>
    value.name === 's' ? histogram : undefined;
  expect(converted(text, { seen }).report.kept).toEqual([]);
  const other = text.replace('Softmax (s)', 'Neg (s)');
  expect(converted(other, { seen }).report.kept.map(({ reason }) => reason)).toEqual(['range', 'range']);
});

test('sequences keep the type of their items', () => {
  const { report } = converted(
    '(float[4] x) => (float[8] y) { r = Relu (x) s = SequenceConstruct (r, r) t = ConcatFromSequence <axis = 0> (s) y = Neg (t) }',
  );
  expect(report.kept.map(({ node }) => node.opType)).toEqual(['SequenceConstruct', 'ConcatFromSequence']);
});

test('a second run finds nothing that is float32 but what is kept', () => {
  const m = model(dense, { opset: 22 });
  convertToHalf(new Editor(m));
  const text = nodes(m);
  const again = convertToHalf(new Editor(m));
  expect(nodes(m)).toBe(text);
  expect(again.casts).toBe(0);
});
