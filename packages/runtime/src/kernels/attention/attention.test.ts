import { expect, test } from 'vitest';
import { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { runOne, runTensor } from '../run-one.ts';

/** Numbers between -1 and 1 that do not repeat soon. */
function noise(dims: readonly number[], seed: number): NdArray {
  const count = dims.reduce((a, b) => a * b, 1);
  return fromReals(
    'float64',
    dims,
    Array.from({ length: count }, (_, i) => Math.sin(i * 1.7 + seed * 11)),
  );
}

const values = (array: NdArray | undefined) => (array ? Array.from(reals(array)) : []);
const close = (a: readonly number[], b: readonly number[]) => {
  expect(a.length).toBe(b.length);
  for (const [i, x] of a.entries()) expect(x).toBeCloseTo(b[i] ?? Number.NaN, 12);
};
const bool = (dims: readonly number[], ...v: number[]) => new NdArray('bool', dims, Uint8Array.from(v));

test('Attention is Softmax of scaled products, times V', () => {
  const [q, k, v] = [noise([2, 3, 5, 4], 1), noise([2, 3, 6, 4], 2), noise([2, 3, 6, 7], 3)];
  const scores = runTensor('Einsum', [q, k], { equation: 'bhqd,bhkd->bhqk' });
  const scaled = fromReals(
    'float64',
    scores.dims,
    values(scores).map((x) => x / 2),
  );
  const expected = runTensor('MatMul', [runTensor('Softmax', [scaled]), v]);
  close(values(runTensor('Attention', [q, k, v])), values(expected));
});

test('packed heads give what separate ones give', () => {
  const q = noise([2, 5, 6], 1);
  const heads = runTensor('Einsum', [q.reshaped([2, 5, 3, 2])], { equation: 'bshd->bhsd' });
  const y = runTensor('Attention', [heads, heads, heads]);
  const packed = runTensor('Attention', [q, q, q], { q_num_heads: 3, kv_num_heads: 3 });
  const unpacked = runTensor('Einsum', [y], { equation: 'bhsd->bshd' });
  expect([packed.dims, values(packed)]).toEqual([[2, 5, 6], values(unpacked)]);
});

test('query heads share key heads in order', () => {
  const [q, kv] = [noise([1, 4, 3, 2], 1), noise([1, 2, 3, 2], 2)];
  const repeated = runTensor('Einsum', [kv, fromReals('float64', [2], [1, 1])], {
    equation: 'bhsd,r->bhrsd',
  });
  const wide = repeated.reshaped([1, 4, 3, 2]);
  expect(values(runTensor('Attention', [q, kv, kv]))).toEqual(
    values(runTensor('Attention', [q, wide, wide])),
  );
});

test('a cache gives what the whole sequence gives, and causality knows of it', () => {
  const [q, k, v] = [noise([1, 2, 6, 4], 1), noise([1, 2, 6, 4], 2), noise([1, 2, 6, 4], 3)];
  const part = (x: NdArray, from: number, to: number) => {
    const rows = values(x);
    const length = to - from;
    const out = [0, 1].flatMap((h) => rows.slice((h * 6 + from) * 4, (h * 6 + to) * 4));
    return fromReals('float64', [1, 2, length, 4], out);
  };
  const whole = runTensor('Attention', [q, k, v], { is_causal: 1 });
  const [last, keys] = runOne(
    'Attention',
    [part(q, 4, 6), part(k, 4, 6), part(v, 4, 6), undefined, part(k, 0, 4), part(v, 0, 4)],
    { is_causal: 1 },
    { outputs: 3 },
  ) as NdArray[];
  expect(values(last)).toEqual(values(part(whole, 4, 6)));
  expect(values(keys)).toEqual(values(k));
});

test('more queries than are held at a time', () => {
  const [q, k] = [noise([1, 1, 150, 3], 1), noise([1, 1, 4, 3], 2)];
  const y = values(runTensor('Attention', [q, k, k]));
  const last = fromReals('float64', [1, 1, 1, 3], values(q).slice(-3));
  close(y.slice(-3), values(runTensor('Attention', [last, k, k])));
});

test('a query without keys gives zeros, not NaN', () => {
  const q = noise([1, 1, 2, 2], 1);
  const mask = bool([2, 2], 0, 0, 1, 0);
  const [y, , , shown] = runOne(
    'Attention',
    [q, q, q, mask],
    { qk_matmul_output_mode: 3 },
    {
      outputs: [true, false, false, true],
    },
  ) as NdArray[];
  expect(values(y)).toEqual([0, 0, ...values(q).slice(0, 2)]);
  expect(values(shown)).toEqual([0, 0, 1, 0]);
});

test('a mask narrower than the keys hides the others from opset 24 on, before it broadcasts', () => {
  const [q, kv] = [noise([1, 1, 1, 2], 1), noise([1, 1, 3, 2], 2)];
  const mask = bool([1, 1], 1);
  const all = values(runTensor('Attention', [q, kv, kv]));
  expect(values(runTensor('Attention', [q, kv, kv, mask], {}, { opset: 23 }))).toEqual(all);
  expect(values(runTensor('Attention', [q, kv, kv, mask], {}, { opset: 24 }))).toEqual(
    values(kv).slice(0, 2),
  );
});

test('windows and padded caches limit what a query sees', () => {
  const v = fromReals('float64', [1, 1, 4, 1], [1, 2, 4, 8]);
  const zeros = fromReals('float64', [1, 1, 4, 1], [0, 0, 0, 0]);
  const mean = (attributes: Record<string, number>, valid?: number) =>
    values(
      runTensor(
        'Attention',
        [
          zeros,
          zeros,
          v,
          undefined,
          undefined,
          undefined,
          valid === undefined ? undefined : fromReals('int64', [1], [valid]),
        ],
        attributes,
      ),
    );
  close(mean({ is_causal: 1 }), [1, 3 / 2, 7 / 3, 15 / 4]);
  close(mean({ left_window_size: 1, right_window_size: 0 }), [1, 3 / 2, 3, 6]);
  close(mean({ right_window_size: 1 }), [3 / 2, 7 / 3, 15 / 4, 15 / 4]);
  close(mean({}, 2), [3 / 2, 3 / 2, 3 / 2, 3 / 2]);
  close(mean({ is_causal: 1 }, 2), [0, 0, 1, 3 / 2]);
});

test('the soft cap bounds scores before the mask is added', () => {
  const q = fromReals('float64', [1, 1, 1, 1], [100]);
  const k = fromReals('float64', [1, 1, 2, 1], [1, -1]);
  const show = (mode: number) =>
    values(
      runOne(
        'Attention',
        [q, k, k],
        { softcap: 2, qk_matmul_output_mode: mode },
        {
          outputs: [true, false, false, true],
        },
      )[3] as NdArray,
    );
  expect(show(0)).toEqual([100, -100]);
  expect(show(1)).toEqual([2, -2]);
});

test('RotaryEmbedding turns pairs of elements', () => {
  const x = fromReals('float32', [1, 1, 1, 6], [1, 2, 3, 4, 5, 6]);
  const [cos, sin] = [fromReals('float32', [2, 2], [1, 1, 0, 0]), fromReals('float32', [2, 2], [0, 0, 1, 1])];
  const turn = (interleaved: number) =>
    values(
      runTensor('RotaryEmbedding', [x, cos, sin, fromReals('int64', [1, 1], [1])], {
        interleaved,
        rotary_embedding_dim: 4,
      }),
    );
  expect(turn(0)).toEqual([-3, -4, 1, 2, 5, 6]);
  expect(turn(1)).toEqual([-2, 1, -4, 3, 5, 6]);
  const far = fromReals('int64', [1, 1], [2]);
  expect(() => runTensor('RotaryEmbedding', [x, cos, sin, far], { rotary_embedding_dim: 4 })).toThrow(
    'position 2 is not among 2',
  );
});

test('CausalConvWithState in two parts gives what one run gives', () => {
  const [x, w] = [noise([1, 2, 5], 1), noise([2, 1, 3], 2)];
  const run = (part: NdArray, state?: NdArray) =>
    runOne('CausalConvWithState', [part, w, undefined, state], {}, { outputs: 2 }) as NdArray[];
  const cut = (from: number, to: number) =>
    fromReals(
      'float64',
      [1, 2, to - from],
      [0, 5].flatMap((row) => values(x).slice(row + from, row + to)),
    );
  const [whole, end] = run(x);
  const [first, state] = run(cut(0, 3));
  const [second, last] = run(cut(3, 5), state);
  const rows = (a: NdArray | undefined, n: number) => [values(a).slice(0, n), values(a).slice(n)];
  expect(rows(whole, 5)).toEqual(
    [0, 1].map((r) => [...(rows(first, 3)[r] ?? []), ...(rows(second, 2)[r] ?? [])]),
  );
  expect(values(last)).toEqual(values(end));
});

test('LinearAttention without decay sums what it has seen', () => {
  const [q, k] = [fromReals('float32', [1, 2, 1], [1, 1]), fromReals('float32', [1, 2, 1], [1, 2])];
  const heads = { q_num_heads: 1, kv_num_heads: 1, scale: 1 };
  const [y, state] = runOne(
    'LinearAttention',
    [q, k, k],
    { ...heads, update_rule: 'linear' },
    {
      outputs: 2,
    },
  ) as NdArray[];
  expect(values(y)).toEqual([1, 5]);
  expect(values(state)).toEqual([5]);
  const beta = fromReals('float32', [1, 2, 1], [1, 0.5]);
  const delta = runTensor('LinearAttention', [q, k, k, undefined, undefined, beta], {
    ...heads,
    update_rule: 'delta',
  });
  // The second step writes half of what is missing: 0.5 * (2 - 1 * 2) = 0.
  expect(values(delta)).toEqual([1, 1]);
});

test('without heads, Attention gives nothing', () => {
  const [q, k, v] = [noise([2, 0, 5, 4], 1), noise([2, 0, 6, 4], 2), noise([2, 0, 6, 7], 3)];
  expect(runTensor('Attention', [q, k, v]).dims).toEqual([2, 0, 5, 7]);
});
