import { parseModel } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Profile } from '../../src/profile/profile.ts';
import { createSession } from '../../src/session/session.ts';
import type { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals } from '../../src/tensor/reals.ts';
import { arrayOf, drawn, expectClose } from './both-tiers.ts';

type Feeds = Readonly<Record<string, NdArray>>;

/** Runs a model on both tiers, the fast one several times: what is planned late must serve again. */
function compare(text: string, runs: readonly Feeds[]): readonly string[] {
  const model = parseModel(text);
  const fast = createSession(model, { tier: 'fast', checkShapes: false });
  const reference = createSession(model, { checkShapes: false });
  let kernels: readonly string[] = [];
  for (const feeds of runs) {
    const profile = new Profile();
    const results = fast.run(feeds, { profile });
    for (const [name, want] of reference.run(feeds)) {
      const both = { fast: arrayOf(results.get(name)), reference: arrayOf(want), session: fast };
      expect(both.fast.dims).toEqual(both.reference.dims);
      expectClose(both, 16, 1e-4);
    }
    kernels = profile.nodes.map((node) => node.kernel);
  }
  return kernels;
}

/** Rows of `x` that are positive in their first column, of which nobody knows how many there are. */
const chosen = `
  zero = Constant <value_int = 0> ()
  first = Gather <axis = 1> (x, zero)
  none = CastLike (zero, first)
  keep = Greater (first, none)
  rows = Compress <axis = 0> (x, keep)`;

test('what follows a result of unknown size runs on fast kernels when the size is known', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }), (sizes) => {
      const feeds = sizes.map((size, i) => ({ x: drawn([size, 8], i) }));
      const kernels = compare(
        `<ir_version: 9, opset_import: ["" : 20]>
        g (float[n, 8] x) => (y, e, keep) <float[8, 4] w = {${Array.from({ length: 32 }, (_, i) => i / 32)}}> {
          e = Exp (x) ${chosen}
          p = MatMul (rows, w)
          q = Relu (p)
          more = NonZero (q)
          turned = Transpose (more)
          again = GatherND (q, turned)
          y = Tanh (again)
        }`,
        [...feeds, ...feeds, { x: fromReals('float32', [2, 8], new Array(16).fill(1)) }],
      );
      expect(kernels).toContain('matmul');
      expect(kernels).toContain('tanh');
    }),
    { numRuns: 30 },
  );
});

test('random numbers are drawn in the order of the graph', () => {
  const text = `<ir_version: 9, opset_import: ["" : 20]>
    g (float[n, 2] x) => (y, z) {
      ${chosen}
      a = RandomNormalLike (rows)
      y = Add (rows, a)
      b = RandomNormalLike (x)
      z = Exp (b)
    }`;
  compare(text, [{ x: drawn([5, 2], 1) }, { x: drawn([5, 2], 1) }]);
});

test('an error behind a result of unknown size is that of the reference tier', () => {
  const text = `<ir_version: 9, opset_import: ["" : 20]>
    g (float[n, 2] x) => (y) <float[3, 1] w = {1, 2, 3}> { ${chosen} y = MatMul (rows, w) }`;
  const run = (tier: 'fast' | 'reference') => () =>
    createSession(parseModel(text), { tier }).run({ x: drawn([5, 2], 1) });
  expect(run('reference')).toThrow('MatMul');
  expect(run('fast')).toThrow('MatMul');
});

const loop = `<ir_version: 9, opset_import: ["" : 20]>
  g (float[64, 64] x, int64 n) => (y, all) <float[64, 64] w = {W}, float[64] shift = {S}> {
    yes = Constant <value = bool {1}> ()
    scaled = HardSigmoid <alpha = 0.01, beta = 0.0> (x)
    y, all = Loop (n, yes, x) <
      body = b (int64 i, bool on, float[64, 64] before) => (on_out, after, copy) {
        p = MatMul (before, w)
        q = Add (p, shift)
        r = Tanh (q)
        odd = Cast <to = 9> (i)
        after = If (odd) <
          then_branch = t () => (a) { s = MatMul (r, scaled) a = Tanh (s) },
          else_branch = e () => (c) { c = Add (r, before) }
        >
        copy = ReduceMean <keepdims = 0> (after)
        on_out = Identity (on)
      }
    >
  }`
  .replace('{W}', `{${Array.from(drawn([4096], 5).data as Float32Array, (v) => v / 64)}}`)
  .replace('{S}', `{${Array.from(drawn([64], 6).data as Float32Array, (v) => v / 8)}}`);

test('bodies of loops and branches run on fast kernels, with what they read from around them', () => {
  const feeds = [5, 2, 9, 1].map((n) => ({ x: drawn([64, 64], n), n: fromReals('int64', [], [n]) }));
  compare(loop, [...feeds, ...feeds]);
});

test('memory of nested graphs counts', () => {
  const session = createSession(parseModel(loop), { tier: 'fast' });
  const feeds = { x: drawn([64, 64], 1), n: fromReals('int64', [], [6]) };
  session.run(feeds);
  const { arena = 0, arenaBound = 0 } = session.memoryUse() ?? {};
  expect(arena).toBeGreaterThan(3 * 64 * 64 * 4);
  expect(arenaBound).toBeLessThanOrEqual(arena);
});

test('bodies whose values change their sizes', () => {
  const text = `<ir_version: 9, opset_import: ["" : 20]>
    g (float[1, 4] x, int64 n) => (y) {
      yes = Constant <value = bool {1}> ()
      y = Loop (n, yes, x) <
        body = b (int64 i, bool on, float[m, 4] before) => (on_out, after) {
          t = Transpose (before)
          p = MatMul (before, t)
          q = MatMul (p, before)
          r = Tanh (q)
          after = Concat <axis = 0> (r, before)
          on_out = Identity (on)
        }
      >
    }`;
  const feeds = { x: drawn([1, 4], 1), n: fromReals('int64', [], [8]) };
  compare(text, [feeds, feeds, feeds]);
});

test('functions that are called, with attributes and without', () => {
  const text = `<ir_version: 9, opset_import: ["" : 20, "own" : 1]>
    g (float[64, 64] x) => (y) {
      a = own.Twice (x)
      b = own.Scaled <by = 0.5> (a)
      c = own.Scaled <by = 0.25> (b)
      y = own.Twice (c)
    }
    <domain: "own", opset_import: ["" : 20]>
    Twice (v) => (w) { t = MatMul (v, v) u = Tanh (t) s = MatMul (u, u) w = Tanh (s) }
    <domain: "own", opset_import: ["" : 20]>
    Scaled <by> (v) => (w) { t = LeakyRelu <alpha: float = @by> (v) w = MatMul (t, t) }`;
  const feeds = { x: drawn([64, 64], 1) };
  compare(text, [feeds, feeds, feeds, { x: drawn([64, 64], 2) }]);
});

test('a function that calls itself is refused as in the reference tier', () => {
  const text = `<ir_version: 9, opset_import: ["" : 20, "own" : 1]>
    g (float[2, 2] x) => (y) { a = own.Again (x) y = Exp (a) }
    <domain: "own", opset_import: ["" : 20, "own" : 1]>
    Again (v) => (w) { t = Exp (v) w = own.Again (t) }`;
  const run = (tier: 'fast' | 'reference') => () =>
    createSession(parseModel(text), { tier }).run({ x: drawn([2, 2], 1) });
  expect(run('reference')).toThrow('nested deeper');
  expect(run('fast')).toThrow('nested deeper');
});
