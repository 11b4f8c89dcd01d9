import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

test('If has what its branches have in common', () => {
  const g = inferText(`(bool c, float[N, 3] x, float[N, 4] y, float[N] z) => () {
    same = If (c) <then_branch = a () => (float[N, 3] p) { p = Identity (x) },
                   else_branch = b () => (float[N, 3] q) { q = Neg (x) }>
    dims = If (c) <then_branch = a () => (p1) { p1 = Identity (x) }, else_branch = b () => (q1) { q1 = Neg (y) }>
    rank = If (c) <then_branch = a () => (p2) { p2 = Identity (x) }, else_branch = b () => (q2) { q2 = Neg (z) }>
  }`);
  expect(g.type('same')).toBe('float32[N, 3]');
  expect(g.type('dims')).toBe('float32[N, ?]');
  expect(g.type('rank')).toBe('float32[...]');
});

test('If with a constant condition has the type of the branch that is taken', () => {
  const g = inferText(`(float[N, 3] x, float[N] z) => () {
    c = Constant <value = bool {1}> ()
    y = If (c) <then_branch = a () => (p) { p = Identity (x) }, else_branch = b () => (q) { q = Neg (z) }>
  }`);
  expect(g.type('y')).toBe('float32[N, 3]');
});

test('the branches of If give as many results as each other', () => {
  const g = inferText(`(bool c, float[2] x) => () {
    y = If (c) <then_branch = a () => (p, q) { p = Neg (x) q = Exp (x) }, else_branch = b () => (r) { r = Neg (x) }>
  }`);
  expect(g.errors).toEqual(['If: then_branch has 2 outputs, else_branch 1']);
});

test('Loop keeps the sizes that its body gives back, and loses those that it changes', () => {
  const g = inferText(`(int64 m, float[N, 3] x, float[2] y) => () {
    same, grown = Loop (m, , x, y) <body = b (int64 i, bool c, a, v) => (co, ao, vo) {
      co = Identity (c)
      ao = Neg (a)
      vo = Concat <axis = 0> (v, v)
    }>
  }`);
  expect(g.type('same')).toBe('float32[N, 3]');
  expect(g.type('grown')).toBe('float32[?]');
});

test('Loop loses a rank that its body changes', () => {
  const g = inferText(`(int64 m, float[3] x) => () {
    axes = Constant <value_ints = [0]> ()
    y = Loop (m, , x) <body = b (int64 i, bool c, a) => (co, ao) { co = Identity (c) ao = Unsqueeze (a, axes) }>
  }`);
  expect(g.type('y')).toBe('float32[...]');
});

test('a size that one carried value passes to another is found to vary in a second round', () => {
  const g = inferText(`(int64 m, float[2] x, float[2] y) => () {
    p, q = Loop (m, , x, y) <body = b (int64 i, bool c, a, v) => (co, ao, vo) {
      co = Identity (c)
      ao = Concat <axis = 0> (a, a)
      vo = Identity (a)
    }>
  }`);
  expect([g.type('p'), g.type('q')]).toEqual(['float32[?]', 'float32[?]']);
});

test('a size that varies is not the same after the loop as within it', () => {
  const g = inferText(`(int64 m, float[2] x) => () {
    p, rows = Loop (m, , x) <body = b (int64 i, bool c, a) => (co, ao, row) {
      co = Identity (c)
      ao = Concat <axis = 0> (a, a)
      row = Identity (a)
    }>
  }`);
  const last = g.value('p').type;
  const rows = g.value('rows').type;
  if (last?.kind !== 'tensor' || rows?.kind !== 'tensor') throw new Error('no tensors');
  expect(String(rows.shape?.[1])).not.toBe(String(last.shape?.[0]));
});

test('results that Loop stacks have the trip count in front when only the count can end it', () => {
  const body = (condition: string): string => `<body = b (int64 i, bool c, a) => (co, ao, row) {
    co = ${condition}
    ao = Identity (a)
    row = Neg (a)
  }>`;
  const g = inferText(`(float[2] x, bool k) => () {
    five = Constant <value_int = 5> ()
    a1, always = Loop (five, , x) ${body('Identity (c)')}
    a2, perhaps = Loop (five, k, x) ${body('Identity (c)').replaceAll('ao', 'ap').replaceAll('co', 'cp')}
  }`);
  expect(g.type('always')).toBe('float32[5, 2]');
  expect(g.type('perhaps')).toBe('float32[?, 2]');
});

test('Loop with a body of the wrong arity is refused', () => {
  const g = inferText(`(int64 m, float[3] x) => () {
    y = Loop (m, , x) <body = b (int64 i, bool c) => (co) { co = Identity (c) }>
  }`);
  expect(g.errors).toEqual(['Loop: the body has 2 inputs instead of 3']);
  expect(g.type('y')).toBe('?');
});

test('loops in loops take few rounds, however deep', () => {
  const nest = (depth: number): string =>
    depth === 0
      ? `o0 = Concat <axis = 0> (v1, v1)`
      : `o${depth} = Loop (m, , v${depth + 1}) <body = b${depth} (int64 i${depth}, bool c${depth}, v${depth}) => (d${depth}, o${depth - 1}) {
           d${depth} = Identity (c${depth})
           ${nest(depth - 1)}
         }>`;
  const g = inferText(`(int64 m, float[2] v13) => () { ${nest(12)} }`);
  expect(g.type('o12')).toMatch(/^float32|^\?$/);
});

test('Scan drops the scanned axis inside and puts it back where it is asked to', () => {
  const g = inferText(`(float[N, 4] state, float[N, T, 3] x) => () {
    last, ys = Scan (state, x) <num_scan_inputs = 1, scan_input_axes = [1], scan_output_axes = [-1],
      body = b (s, e) => (so, eo) { so = Identity (s) eo = Neg (e) }>
  }`);
  expect(g.type('last')).toBe('float32[N, 4]');
  expect(g.type('ys')).toBe('float32[N, 3, T]');
});

test('Scan of opset 8 has a batch in front of everything', () => {
  const g = inferText(
    `(float[B, 4] state, float[B, T, 3] x) => () {
      last, ys = Scan (, state, x) <num_scan_inputs = 1, body = b (s, e) => (so, eo) { so = Identity (s) eo = Neg (e) }>
    }`,
    8,
  );
  expect(g.type('last')).toBe('float32[B, 4]');
  expect(g.type('ys')).toBe('float32[B, T, 3]');
});

test('scan inputs of different lengths are refused', () => {
  const g = inferText(`(float[4] x, float[5] y) => () {
    z = Scan (x, y) <num_scan_inputs = 2, body = b (p, q) => (r) { r = Add (p, q) }>
  }`);
  expect(g.errors).toEqual(['Scan: its scan inputs do not have one length']);
});
