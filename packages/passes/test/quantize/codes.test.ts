import { Editor, inferModel, type Model } from '@refold/ir';
import { createSession, fromReals, reals } from '@refold/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type QuantizeOptions,
  quantizeModel,
  type Target,
  targets,
  tflite,
  thetaOf,
} from '../../src/index.ts';
import { model } from '../support.ts';

/** Dims, and an axis of them, as it may be written. */
const shaped = fc
  .array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 4 })
  .chain((dims) => fc.tuple(fc.constant(dims), fc.integer({ min: -dims.length, max: dims.length - 1 })));

/** A node that moves or compares, as text; undefined where it does not fit the dims. */
type NodeText = (dims: readonly number[], axis: number) => string | undefined;

const known = (dims: readonly number[], axis: number): number => dims.at(axis) ?? 0;
const reversed = (dims: readonly number[]): string =>
  dims
    .map((_, i) => i)
    .toReversed()
    .join();

/** Operators that move codes without looking at them, of one tensor or of several (R1, R2). */
const moving: Readonly<Record<string, NodeText>> = {
  Transpose: (dims) => `y = Transpose <perm = [${reversed(dims)}]> (x)`,
  Reshape: () => 'm = Constant <value_ints = [-1]> () y = Reshape <allowzero = 0> (x, m)',
  Flatten: (_, axis) => `y = Flatten <axis = ${axis}> (x)`,
  Unsqueeze: () => 'm = Constant <value_ints = [0]> () y = Unsqueeze (x, m)',
  Concat: (_, axis) => `y = Concat <axis = ${axis}> (x, z, x)`,
  Slice: (_, axis) =>
    `f = Constant <value_ints = [-1]> () t = Constant <value_ints = [-9]> () a = Constant <value_ints = [${axis}]> () y = Slice (x, f, t, a, f)`,
  Gather: (dims, axis) =>
    known(dims, axis) === 0
      ? undefined
      : `m = Constant <value_ints = [0, -1, 0]> () y = Gather <axis = ${axis}> (x, m)`,
  Split: (dims, axis) =>
    known(dims, axis) < 2 ? undefined : `y, u = Split <axis = ${axis}, num_outputs = 2> (x)`,
  Expand: (dims) => `m = Constant <value_ints = [2${dims.map(() => ', 1').join('')}]> () y = Expand (x, m)`,
  Tile: (dims) =>
    `m = Constant <value_ints = [${dims.map((_, i) => (i === 0 ? 2 : 1)).join()}]> () y = Tile (x, m)`,
  Where: () => 'y = Where (p, x, z)',
  Identity: () => 'y = Identity (x)',
};

/** Operators that compare (R3): codes of one scale compare as numbers do, ties included. */
const comparing: Readonly<Record<string, NodeText>> = {
  Max: () => 'y = Max (x, z)',
  Min: () => 'y = Min (z, x)',
  TopK: (dims, axis) =>
    known(dims, axis) === 0
      ? undefined
      : `m = Constant <value_ints = [1]> () y, u = TopK <axis = ${axis}> (x, m)`,
  ReduceMax: (dims, axis) =>
    dims.includes(0) ? undefined : `m = Constant <value_ints = [${axis}]> () y = ReduceMax (x, m)`,
  ReduceMin: (dims, axis) =>
    dims.includes(0) ? undefined : `m = Constant <value_ints = [${axis}]> () y = ReduceMin (x, m)`,
  MaxPool: (dims) =>
    dims.length !== 4 || dims.some((d) => d < 2)
      ? undefined
      : 'y = MaxPool <kernel_shape = [2, 2], pads = [1, 0, 0, 1]> (x)',
};

/** Codes that come out when numbers are made codes first, and when they are last. */
function bothWays(node: string, dims: readonly number[], seed: number): readonly (readonly number[])[] {
  const theta = thetaOf(
    { min: -1, max: 3 },
    { dtype: 'uint8', symmetric: false, powerOfTwo: false, narrow: false },
  );
  const parameters = `float scale = {${theta.scale}}, uint8 zero = {${theta.zeroPoint}}`;
  const head = `(float[${dims}] xf, float[${dims}] zf, bool[${dims}] p) => (uint8[] out) <${parameters}>`;
  const q = (from: string, to: string): string => `${to} = QuantizeLinear (${from}, scale, zero)`;
  const first = `${head} { ${q('xf', 'x')} ${q('zf', 'z')} ${node} out = Identity (y) }`;
  const last = `${head} { x = Identity (xf) z = Identity (zf) ${node} ${q('y', 'out')} }`;
  let state = seed;
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // Quarters of a step: many numbers have one code, and many lie at ties.
    return Math.fround(((state >>> 20) / 4 - 300) * theta.scale);
  };
  const size = dims.reduce((a, d) => a * d, 1);
  const array = (dtype: 'float32' | 'bool', f: () => number) =>
    fromReals(dtype, dims, Float64Array.from({ length: size }, f));
  const feeds = {
    xf: array('float32', draw),
    zf: array('float32', draw),
    p: array('bool', () => (draw() > 0 ? 1 : 0)),
  };
  return [first, last].map((text) => {
    const m = model(text, { opset: 21 });
    const out = createSession(m).run(feeds).get('out');
    return out?.kind === 'tensor' ? Array.from(reals(out)) : [];
  });
}

for (const [property, table] of [
  ['codes that are moved are the codes of what is moved (P8)', moving],
  ['codes compare as the numbers do, ties included (P9)', comparing],
] as const) {
  test(property, () => {
    for (const [name, text] of Object.entries(table)) {
      fc.assert(
        fc.property(shaped, fc.integer({ min: 1, max: 1e9 }), ([dims, axis], seed) => {
          const node = text(dims, axis);
          if (node === undefined) return;
          const [first, last] = bothWays(node, dims, seed);
          expect(first, `${name} ${dims} ${axis}`).toEqual(last);
        }),
        { numRuns: 25 },
      );
    }
  });
}

/** A cache that grows by what is new: its codes must not change from call to call. */
const cache =
  '(float[1,P,2] past, float[1,N,2] k) => (float[1,T,2] present, float[1,T,2] y) { present = Concat <axis = 1> (past, k) y = Relu (present) }';

function cached(target: Target, options: QuantizeOptions): Model {
  const m = model(cache, { opset: 21 });
  inferModel(new Editor(m));
  const draw = (n: number, reach: number) =>
    fromReals(
      'float32',
      [1, n, 2],
      Float64Array.from({ length: 2 * n }, (_, i) => Math.sin(i + n) * reach),
    );
  quantizeModel(
    m,
    target,
    [
      { past: draw(5, 1.7), k: draw(3, 2) },
      { past: draw(2, 1.1), k: draw(1, 1.3) },
    ],
    options,
  );
  return m;
}

test('a cache that is fed back is the same after many calls as after one (P17)', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...targets, { ...tflite, requantizes: false }),
      fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 24 }),
      (target, values) => {
        const session = createSession(cached(target, { state: [['past', 'present']] }));
        const rows = Math.floor(values.length / 2);
        const part = (from: number, to: number) =>
          fromReals('float32', [1, to - from, 2], values.slice(2 * from, 2 * to).map(Math.fround));
        const whole = session.run({ past: part(0, 0), k: part(0, rows) });
        let past = session.run({ past: part(0, 0), k: part(0, 1) });
        for (let r = 1; r < rows; r += 1) {
          const present = past.get('present');
          if (!present) throw new Error('no state');
          past = session.run({ past: present, k: part(r, r + 1) });
        }
        for (const name of ['present', 'y']) expect(past.get(name)).toEqual(whole.get(name));
      },
    ),
    { numRuns: 40 },
  );
});
