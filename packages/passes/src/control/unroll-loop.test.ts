import { Editor, verifyModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { constant, expectNodes, expectUnchanged, model, weight } from '../../test/support.ts';
import { deadNodes } from '../dead/nodes.ts';
import { runPasses } from '../manager/run.ts';
import { unrollLoops } from './unroll-loop.ts';

const passes = [unrollLoops, deadNodes];
const yes = constant('c', [], [1], 'bool');
const trips = (n: number): string => constant('m', [], [n], 'int64');

const loop = (n: number, body: string, results = 'y', scans = ''): string =>
  `(float[3] x) => (${results}) <${yes}, ${trips(n)}, ${weight('w', [3])}> {
    ${results.replaceAll(/\w+\[[^\]]*\] (\w+)/g, '$1')} = Loop (m, c, x)
      <body = b (int64 i, bool ci, float[3] s) => (bool co, float[3] so${scans}) { ${body} }> }`;

test('a loop that takes no fewer nodes than its copies is unrolled', () => {
  expectNodes(passes, loop(2, 'so = Exp (s) co = Identity (ci)', 'float[3] y'), [
    'so_1 = Exp (x)',
    'y = Exp (so_1)',
  ]);
});

test('the number of the trip becomes a constant', () => {
  const body = 'k = Cast <to = 1> (i) t = Add (s, k) so = Mul (t, w) co = Identity (ci)';
  expectNodes(passes, loop(1, body, 'float[3] y'), [
    'k_1 = Cast <to: int = 1> (constant)',
    't_1 = Add (x, k_1)',
    'y = Mul (t_1, w)',
  ]);
});

test('what is collected is stacked along a new first axis', () => {
  const body = 'a = Exp (s) b = Neg (a) d = Relu (b) so = Sub (d, w) sv = Add (d, w) co = Identity (ci)';
  expectNodes(passes, loop(1, body, 'float[3] y, float[1,3] v', ', float[3] sv'), [
    'a_1 = Exp (x)',
    'b_1 = Neg (a_1)',
    'd_1 = Relu (b_1)',
    'y = Sub (d_1, w)',
    'sv_1 = Add (d_1, w)',
    'v = Unsqueeze (sv_1, axes)',
  ]);
});

test('before opset 13 the new axis is an attribute', () => {
  const body = 'a = Exp (s) b = Neg (a) so = Sub (b, w) sv = Add (b, w) co = Identity (ci)';
  expectNodes(
    passes,
    loop(1, body, 'float[3] y, float[1,3] v', ', float[3] sv'),
    [
      'a_1 = Exp (x)',
      'b_1 = Neg (a_1)',
      'y = Sub (b_1, w)',
      'sv_1 = Add (b_1, w)',
      'v = Unsqueeze <axes: ints = [0]> (sv_1)',
    ],
    { opset: 12 },
  );
});

test('no trip at all hands the states through', () => {
  expectNodes(passes, loop(0, 'so = Exp (s) co = Identity (ci)', 'float[3] y'), ['y = Identity (x)']);
  const never = loop(5, 'so = Exp (s) co = Identity (ci)', 'float[3] y').replace('c = {1}', 'c = {0}');
  expectNodes(passes, never, ['y = Identity (x)']);
});

test('states that swap are assigned in parallel', () => {
  const swap = (
    n: number,
  ): string => `(float[3] x, float[3] z) => (float[3] y, float[3] v) <${yes}, ${trips(n)}> {
    p, q = Loop (m, c, x, z) <body = b (int64 i, bool ci, float[3] s, float[3] t) => (bool co, float[3] so, float[3] to) {
      so = Identity (t) to = Exp (s) co = Identity (ci) }>
    y = Neg (p) v = Abs (q) }`;
  expectNodes(passes, swap(2), [
    'so_1 = Identity (z)',
    'to_1 = Exp (x)',
    'so_2 = Identity (to_1)',
    'to_2 = Exp (so_1)',
    'y = Neg (so_2)',
    'v = Abs (to_2)',
  ]);
});

test('values from outside and initializers of the body can be read', () => {
  const graph = `(float[3] x) => (float[3] y) <${yes}, ${trips(3)}> {
    r = Relu (x)
    y = Loop (m, c, x) <body = b (int64 i, bool ci, float[3] s) => (bool co, float[3] so)
      <float[3] k = {1, 2, 3}> { t = Add (s, r) so = Mul (t, k) co = Identity (ci) }> }`;
  expectUnchanged(unrollLoops, graph);
  expectNodes(passes, graph.replace('m = {3}', 'm = {1}'), [
    'r = Relu (x)',
    't_1 = Add (x, r)',
    'y = Mul (t_1, k_1)',
  ]);
});

test('copies that take more nodes than the loop are not made', () => {
  expectUnchanged(
    unrollLoops,
    loop(3, 'so = Exp (s) co = Identity (ci)', 'float[3] y').replace('m = {3}', 'm = {4}'),
  );
});

test('a count or a condition that is not constant keeps the loop', () => {
  const body = 'so = Exp (s) co = Identity (ci)';
  const body1 = `Loop (m, c, x) <body = b (int64 i, bool ci, float[3] s) => (bool co, float[3] so) { ${body} }>`;
  expectUnchanged(unrollLoops, `(float[3] x, int64 m) => (float[3] y) <${yes}> { y = ${body1} }`, {
    shapes: {},
  });
  expectUnchanged(unrollLoops, `(float[3] x, bool c) => (float[3] y) <${trips(2)}> { y = ${body1} }`);
  expectUnchanged(
    unrollLoops,
    `(float[3] x, int64 m) => (float[3] y) <${yes}, ${trips(2)}> { y = ${body1} }`,
  );
});

test('a condition that the body may end keeps the loop', () => {
  const body = 'so = Add (s, w) k = Constant <value_int = 1> () co = Less (i, k)';
  expectUnchanged(unrollLoops, loop(2, body, 'float[3] y'));
});

test('a condition that the body sets to true does not end it', () => {
  const body = 'so = Exp (s) co = Constant <value = bool {1}> ()';
  expectNodes(passes, loop(2, body, 'float[3] y'), ['so_1 = Exp (x)', 'y = Exp (so_1)']);
});

test('nothing collected of no trip has no constant to stand for it', () => {
  expectUnchanged(
    unrollLoops,
    loop(0, 'so = Exp (s) sv = Neg (s) co = Identity (ci)', 'float[3] y, float[T,3] v', ', float[3] sv'),
  );
});

test('the body of a loop that has been unrolled is not looked at any more', () => {
  const inner =
    'z = Loop (m, c, s) <body = d (int64 j, bool cj, float[3] r) => (bool cp, float[3] rp) { t = Expand (r, n) rp = Identity (t) cp = Identity (cj) }>';
  const text = `(float[3] x) => (float[3] y) <${yes}, ${trips(1)}, int64[1] n = {3}> {
    y = Loop (m, c, x) <body = b (int64 i, bool ci, float[3] s) => (bool co, float[3] so) {
      ${inner} so = Identity (z) co = Identity (ci) }> }`;
  const result = model(text);
  runPasses(new Editor(result), [unrollLoops]);
  expect(verifyModel(result).map((f) => f.message)).toEqual([]);
});
