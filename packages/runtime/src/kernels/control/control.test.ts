import { parseModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { createSession } from '../../session/session.ts';
import { NdArray, type NdValue } from '../../tensor/nd-array.ts';
import { fromReals } from '../../tensor/reals.ts';

/** Runs a graph in ONNX's textual syntax and prints its outputs. */
function run(graph: string, feeds: Readonly<Record<string, NdArray>>, opset = 21): Record<string, string> {
  const model = parseModel(`<ir_version: 10, opset_import: ["" : ${opset}]> g ${graph}`);
  const results = createSession(model).run(new Map(Object.entries(feeds)));
  return Object.fromEntries([...results].map(([name, value]) => [name, shown(value)]));
}

function shown(value: NdValue): string {
  if (value.kind === 'sequence') return value.items.map(shown).join(' ; ');
  return value.kind === 'tensor'
    ? `[${value.dims}] ${Array.from<unknown>(value.data).join(' ')}`
    : value.kind;
}

const floats = (dims: readonly number[], ...values: number[]): NdArray => fromReals('float32', dims, values);
const int = (value: number): NdArray => fromReals('int64', [], [value]);
const bool = (value: boolean): NdArray => new NdArray('bool', [], Uint8Array.of(value ? 1 : 0));

test('If runs the branch of its condition, which may read outer values', () => {
  const graph = `(bool c, float[2] x) => (y) {
    y = If (c) <then_branch = a () => (p) { p = Identity (x) }, else_branch = b () => (q) { q = Neg (x) }>
  }`;
  expect(run(graph, { c: bool(true), x: floats([2], 1, 2) })).toEqual({ y: '[2] 1 2' });
  expect(run(graph, { c: bool(false), x: floats([2], 1, 2) })).toEqual({ y: '[2] -1 -2' });
});

const sums = `(int64 m, bool c, float[1] x) => (last, all) {
  limit = Constant <value_floats = [10.0]> ()
  last, all = Loop (m, c, x) <body = b (int64 i, bool ci, float[1] a) => (bool co, float[1] ao, float[1] row) {
    step = Cast <to = 1> (i)
    ao = Add (a, step)
    row = Identity (a)
    below = Less (ao, limit)
    co = ReduceMin <keepdims = 0> (below)
  }>
}`;

test('Loop ends by its count or by its condition, and stacks what its rounds give', () => {
  expect(run(sums, { m: int(4), c: bool(true), x: floats([1], 1) })).toEqual({
    last: '[1] 7',
    all: '[4,1] 1 1 2 4',
  });
  expect(run(sums, { m: int(100), c: bool(true), x: floats([1], 1) })).toEqual({
    last: '[1] 11',
    all: '[5,1] 1 1 2 4 7',
  });
});

test('Loop without rounds gives its initial values and empty stacks', () => {
  for (const feeds of [
    { m: int(0), c: bool(true) },
    { m: int(5), c: bool(false) },
    { m: int(-3), c: bool(true) },
  ]) {
    expect(run(sums, { ...feeds, x: floats([1], 1) })).toEqual({ last: '[1] 1', all: '[0,1] ' });
  }
});

test('Loop refuses to stack results of different shapes', () => {
  const graph = `(float[1] x) => (last, all) {
    m = Constant <value_int = 3> ()
    last, all = Loop (m, , x) <body = b (int64 i, bool c, a) => (co, ao, row) {
      co = Identity (c)
      ao = Concat <axis = 0> (a, a)
      row = Identity (a)
    }>
  }`;
  expect(() => run(graph, { x: floats([1], 1) })).toThrow('results of its rounds differ');
});

test('Scan reads and writes along any axis, in either direction', () => {
  const graph = `(float[1] s, float[2, 3] x) => (last, ys) {
    last, ys = Scan (s, x) <num_scan_inputs = 1, scan_input_axes = [1], scan_input_directions = [1],
      scan_output_axes = [-1], scan_output_directions = [1],
      body = b (float[1] a, float[2] e) => (float[1] ao, float[2] eo) {
        sum = ReduceSum <keepdims = 0> (e)
        ao = Add (a, sum)
        eo = Mul (e, a)
      }>
  }`;
  // Columns [3,6], [2,5], [1,4] in this order; the state grows 10, 19, 26, and results are put in from the end.
  const feeds = { s: floats([1], 10), x: floats([2, 3], 1, 2, 3, 4, 5, 6) };
  expect(run(graph, feeds)).toEqual({ last: '[1] 31', ys: '[2,3] 26 38 30 104 95 60' });
});

test('Scan of opset 8 stops each sequence of a batch at its own length', () => {
  const graph = `(int64[2] lens, float[2, 1] s, float[2, 3, 1] x) => (last, ys) {
    last, ys = Scan (lens, s, x) <num_scan_inputs = 1,
      body = b (float[1] a, float[1] e) => (float[1] ao, float[1] eo) { ao = Add (a, e) eo = Identity (ao) }>
  }`;
  const feeds = {
    lens: fromReals('int64', [2], [3, 1]),
    s: floats([2, 1], 0, 100),
    x: floats([2, 3, 1], 1, 2, 3, 4, 5, 6),
  };
  expect(run(graph, feeds, 8)).toEqual({ last: '[2,1] 6 104', ys: '[2,3,1] 1 3 6 104 0 0' });
});

test('SequenceMap gives sequences of the results of its body', () => {
  const graph = `(float[4] x, float[1] y) => (out) {
    parts = SplitToSequence (x)
    out = SequenceMap (parts, y) <body = b (float[1] e, float[1] k) => (float[1] r) { r = Mul (e, k) }>
  }`;
  expect(run(graph, { x: floats([4], 1, 2, 3, 4), y: floats([1], 3) })).toEqual({
    out: '[1] 3 ; [1] 6 ; [1] 9 ; [1] 12',
  });
});
