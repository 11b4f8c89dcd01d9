import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSession } from '../../src/session/session.ts';
import { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals } from '../../src/tensor/reals.ts';
import { drawn, expectClose, modelOf, type Plain, runBoth } from './both-tiers.ts';
import { kernelsOf } from './kernels-of.ts';

interface Sizes {
  readonly batch: number;
  readonly heads: number;
  readonly sharing: number;
  readonly queries: number;
  readonly keys: number;
  readonly past: number;
  readonly size: number;
  readonly valueSize: number;
}

const sizes: fc.Arbitrary<Sizes> = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  heads: fc.integer({ min: 1, max: 2 }),
  sharing: fc.integer({ min: 1, max: 3 }),
  queries: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(63, 65)),
  keys: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(64, 66)),
  past: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5 })),
  size: fc.integer({ min: 1, max: 9 }),
  valueSize: fc.integer({ min: 1, max: 9 }),
});

const form = fc.record({
  rank: fc.constantFrom(3, 4),
  mask: fc.constantFrom('none', 'bool', 'float', 'row'),
  causal: fc.nat(1),
  softcap: fc.constantFrom(0, 0.5),
  present: fc.boolean(),
  scale: fc.constantFrom(undefined, 0.25),
});

/** Some keys of which are masked, and all keys of some queries. */
function maskOf(kind: string, s: Sizes): NdArray | undefined {
  const keys = s.past + s.keys;
  if (kind === 'bool') {
    const bits = Uint8Array.from({ length: s.queries * keys }, (_, i) => (i % 5 > 1 ? 1 : 0)).fill(
      0,
      0,
      keys,
    );
    return new NdArray('bool', [s.queries, keys], bits);
  }
  if (kind === 'float') return drawn([s.batch, s.heads * s.sharing, s.queries, keys], 7);
  if (kind !== 'row') return undefined;
  const row = Float32Array.from({ length: s.batch * keys }, (_, i) => (i % 3 === 1 ? -Infinity : i / 10));
  return new NdArray('float32', [s.batch, 1, 1, keys], row);
}

test('Attention with shared key heads, masks, causality, soft caps, a past and a present', () => {
  fc.assert(
    fc.property(sizes, form, (s, f) => {
      const all = s.heads * s.sharing;
      const dims = (heads: number, length: number, size: number): number[] =>
        f.rank === 4 ? [s.batch, heads, length, size] : [s.batch, length, heads * size];
      const mask = maskOf(f.mask, s);
      const inputs: Record<string, NdArray> = {
        q: drawn(dims(all, s.queries, s.size), 1),
        k: drawn(dims(s.heads, s.keys, s.size), 2),
        v: drawn(dims(s.heads, s.keys, s.valueSize), 3),
        ...(mask ? { mask } : {}),
      };
      if (s.past > 0) {
        inputs.pk = drawn([s.batch, s.heads, s.past, s.size], 4);
        inputs.pv = drawn([s.batch, s.heads, s.past, s.valueSize], 5);
      }
      const attributes: Record<string, Plain> = { is_causal: f.causal, softcap: f.softcap };
      if (f.rank === 3) Object.assign(attributes, { q_num_heads: all, kv_num_heads: s.heads });
      if (f.scale !== undefined) attributes.scale = f.scale;
      const operands = ['q', 'k', 'v', mask ? 'mask' : '', s.past > 0 ? 'pk' : '', s.past > 0 ? 'pv' : ''];
      const more = f.present ? ['present_k', 'present_v'] : [];
      const nodes = [{ op: 'Attention', inputs: operands, output: 'y', more, attributes }];
      const text = { nodes, inputs, outputs: ['y', ...more], opset: 23 };
      expect(kernelsOf(text)).toContain('attention');
      for (const both of runBoth(text)) expectClose(both, 16, 2e-6);
    }),
    { numRuns: 60 },
  );
});

test('Attention of opset 24 and later with valid keys and windows', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: -1, max: 3 }),
      fc.integer({ min: -1, max: 3 }),
      fc.boolean(),
      fc.nat(1),
      (queries, keys, left, right, padded, causal) => {
        const inputs: Record<string, NdArray> = {
          q: drawn([2, 2, queries, 4], 1),
          k: drawn([2, 2, keys, 4], 2),
          v: drawn([2, 2, keys, 4], 3),
          ...(padded ? { valid: fromReals('int64', [2], [keys, Math.ceil(keys / 2)]) } : {}),
        };
        const attributes = { left_window_size: left, right_window_size: right, is_causal: causal };
        const operands = ['q', 'k', 'v', '', '', '', padded ? 'valid' : ''];
        const nodes = [{ op: 'Attention', inputs: operands, output: 'y', attributes }];
        const text = { nodes, inputs, opset: 28 };
        expect(kernelsOf(text)).toContain('attention');
        for (const both of runBoth(text)) expectClose(both, 16, 2e-6);
      },
    ),
    { numRuns: 60 },
  );
});

test('RotaryEmbedding with positions and without, of whole heads and of parts', () => {
  fc.assert(
    fc.property(
      fc.record({
        batch: fc.integer({ min: 1, max: 2 }),
        heads: fc.integer({ min: 1, max: 3 }),
        length: fc.integer({ min: 1, max: 5 }),
        half: fc.integer({ min: 1, max: 9 }),
        rest: fc.nat(3),
      }),
      fc.constantFrom(3, 4),
      fc.nat(1),
      fc.boolean(),
      ({ batch, heads, length, half, rest }, rank, interleaved, positions) => {
        const size = 2 * half + rest;
        const cache = positions ? [7, half] : [batch, length, half];
        const ids = Array.from({ length: batch * length }, (_, i) => (i * 3) % 7);
        const inputs: Record<string, NdArray> = {
          x: drawn(rank === 4 ? [batch, heads, length, size] : [batch, length, heads * size], 1),
          cos: drawn(cache, 2),
          sin: drawn(cache, 3),
          ...(positions ? { ids: fromReals('int64', [batch, length], ids) } : {}),
        };
        const attributes: Record<string, Plain> = { interleaved };
        if (rank === 3) attributes.num_heads = heads;
        if (rest > 0) attributes.rotary_embedding_dim = 2 * half;
        const operands = positions ? ['x', 'cos', 'sin', 'ids'] : ['x', 'cos', 'sin'];
        const nodes = [{ op: 'RotaryEmbedding', inputs: operands, output: 'y', attributes }];
        const text = { nodes, inputs, opset: 23 };
        expect(kernelsOf(text)).toContain('rotary');
        for (const both of runBoth(text)) expectClose(both, 2, 2e-7);
      },
    ),
    { numRuns: 80 },
  );
});

test('a position that the caches of RotaryEmbedding lack is an error of the node', () => {
  const text = {
    nodes: [{ op: 'RotaryEmbedding', inputs: ['x', 'cos', 'sin', 'ids'], output: 'y' }],
    inputs: { x: drawn([1, 1, 1, 4], 1), ids: fromReals('int64', [1, 1], [9]) },
    constants: { cos: drawn([3, 2], 2), sin: drawn([3, 2], 3) },
    opset: 23,
  };
  const session = createSession(modelOf(text), { tier: 'fast' });
  expect(() => session.run(text.inputs)).toThrow('position 9 is not among 3');
});
