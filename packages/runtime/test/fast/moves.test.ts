import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSession } from '../../src/session/session.ts';
import { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals } from '../../src/tensor/reals.ts';
import { drawn, type GraphText, modelOf, runBoth } from './both-tiers.ts';
import { kernelsOf } from './kernels-of.ts';

/* Elements that only change places are the same in both tiers, bit by bit. */

const shape = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });
const ints = (values: readonly number[]): NdArray => fromReals('int64', [values.length], values);

function expectSame(text: GraphText, kernel: string): void {
  expect(kernelsOf(text)).toContain(kernel);
  for (const { fast, reference } of runBoth(text)) expect(fast.data).toEqual(reference.data);
}

test('Slice of several axes at once, in steps and backwards', () => {
  const cut = fc.record({ from: fc.nat(6), size: fc.nat(6), step: fc.constantFrom(1, 2, 3, -1, -2) });
  fc.assert(
    fc.property(shape, fc.array(cut, { minLength: 4, maxLength: 4 }), (dims, cuts) => {
      const parts = dims.map((size, i) => {
        const { from = 0, size: part = 0, step = 1 } = cuts[i] ?? {};
        const start = from % size;
        return {
          start,
          end: step > 0 ? start + 1 + part : start - 1 - part - (start <= part ? 99 : 0),
          step,
        };
      });
      const constants = {
        starts: ints(parts.map((p) => p.start)),
        ends: ints(parts.map((p) => p.end)),
        axes: ints(dims.map((_, i) => i)),
        steps: ints(parts.map((p) => p.step)),
      };
      const nodes = [{ op: 'Slice', inputs: ['x', 'starts', 'ends', 'axes', 'steps'], output: 'y' }];
      expectSame({ nodes, inputs: { x: drawn(dims, 1) }, constants }, 'slice');
    }),
    { numRuns: 100 },
  );
});

test('Expand and Tile', () => {
  fc.assert(
    fc.property(
      shape,
      shape,
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4 }),
      (dims, front, more) => {
        const small = dims.map((size, i) => ((more[i] ?? 1) === 1 ? 1 : size));
        const target = ints([...front.slice(0, 1), ...dims]);
        const inputs = { x: drawn(small, 1) };
        const expand = [{ op: 'Expand', inputs: ['x', 'target'], output: 'y' }];
        expectSame({ nodes: expand, inputs, constants: { target } }, 'expand');
        const repeats = ints(dims.map((_, i) => more[i] ?? 1));
        const tile = [{ op: 'Tile', inputs: ['x', 'repeats'], output: 'y' }];
        expectSame({ nodes: tile, inputs, constants: { repeats } }, 'tile');
      },
    ),
    { numRuns: 60 },
  );
});

test('Pad with a constant, where elements are taken away too', () => {
  fc.assert(
    fc.property(
      shape,
      fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 8, maxLength: 8 }),
      (dims, by) => {
        const pads = [...dims.map((_, i) => by[i] ?? 0), ...dims.map((_, i) => by[i + 4] ?? 0)];
        fc.pre(dims.every((size, i) => size + (pads[i] ?? 0) + (pads[i + dims.length] ?? 0) > 0));
        const constants = { pads: ints(pads), value: fromReals('float32', [], [1.5]) };
        const nodes = [{ op: 'Pad', inputs: ['x', 'pads', 'value'], output: 'y' }];
        expectSame({ nodes, inputs: { x: drawn(dims, 1) }, constants }, 'pad');
      },
    ),
    { numRuns: 60 },
  );
});

test('DepthToSpace and SpaceToDepth, in both modes', () => {
  const size = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(
      size,
      size,
      size,
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom('DCR', 'CRD'),
      (c, h, w, b, mode) => {
        const deep = { x: drawn([2, c * b * b, h, w], 1) };
        const out = [{ op: 'DepthToSpace', inputs: ['x'], output: 'y', attributes: { blocksize: b, mode } }];
        expectSame({ nodes: out, inputs: deep }, 'depth to space');
        const flat = { x: drawn([2, c, h * b, w * b], 1) };
        const back = [{ op: 'SpaceToDepth', inputs: ['x'], output: 'y', attributes: { blocksize: b } }];
        expectSame({ nodes: back, inputs: flat }, 'space to depth');
      },
    ),
    { numRuns: 40 },
  );
});

test('Gather along every axis, by indices that are fed, negative ones too', () => {
  fc.assert(
    fc.property(
      shape,
      fc.nat(3),
      fc.array(fc.integer({ min: -7, max: 6 }), { minLength: 1 }),
      (dims, at, raw) => {
        const axis = at % dims.length;
        const size = dims[axis] ?? 1;
        const i = ints(
          raw
            .map((index) => (index < 0 ? -1 - (-index % size) : index % size))
            .map((x) => Math.max(x, -size)),
        );
        const nodes = [{ op: 'Gather', inputs: ['x', 'i'], output: 'y', attributes: { axis } }];
        expectSame({ nodes, inputs: { x: drawn(dims, 1), i } }, 'gather');
      },
    ),
    { numRuns: 60 },
  );
});

test('Where, with all three operands broadcasting', () => {
  fc.assert(
    fc.property(shape, fc.array(fc.nat(7), { minLength: 4, maxLength: 4 }), (dims, ones) => {
      const cutTo = (bit: number): number[] =>
        dims.map((size, i) => ((((ones[i] ?? 0) >> bit) & 1) === 1 ? 1 : size));
      const [c, a, b] = [cutTo(0), cutTo(1), cutTo(2)];
      const bits = Uint8Array.from(drawn(c, 3).data as Float32Array, (x) => (x > 0 ? 1 : 0));
      const inputs = { c: new NdArray('bool', c, bits), a: drawn(a, 1), b: drawn(b, 2) };
      expectSame({ nodes: [{ op: 'Where', inputs: ['c', 'a', 'b'], output: 'y' }], inputs }, 'where');
    }),
    { numRuns: 60 },
  );
});

test('results beyond all memory are refused in one sentence', () => {
  const sizes = ints([99_999, 3, 99_999, 3, 99_999]);
  const x = drawn([1, 3, 1, 3, 1], 1);
  const nodes = [{ op: 'Expand', inputs: ['x', 'sizes'], output: 'y' }];
  const run = () =>
    createSession(modelOf({ nodes, inputs: { x }, constants: { sizes } }), { tier: 'fast' }).run({ x });
  expect(run).toThrow('memory limit');
  const wide = ints([1, 1, 1, 2 ** 40]);
  const resize = [{ op: 'Resize', inputs: ['x', '', '', 'wide'], output: 'y' }];
  const image = drawn([1, 1, 1, 2], 1);
  const text = { nodes: resize, inputs: { x: image }, constants: { wide } };
  expect(() => createSession(modelOf(text), { tier: 'fast' }).run({ x: image })).toThrow('memory limit');
});
