import { expect, test } from 'vitest';
import { engineFor } from '../../src/fast/engine.ts';
import { FastMemory } from '../../src/fast/memory.ts';
import { packTransformed } from '../../src/fast/operators/winograd.ts';
import { depthOf, matrixSource, type PanelSource, packPanels } from '../../src/fast/pack-panels.ts';
import { readerOf } from '../../src/tensor/byte-reader.ts';
import { NdArray } from '../../src/tensor/nd-array.ts';
import { drawn } from './both-tiers.ts';

const panelSize = (source: PanelSource): number => Math.ceil(source.columns / 8) * 8 * depthOf(source);

/** A memory in which `bytes` are kept, and where. */
function room(bytes: number): { readonly memory: FastMemory; readonly at: number } {
  const engine = engineFor(1, false);
  if (!engine) throw new Error('this engine has no SIMD');
  const memory = new FastMemory(engine);
  return { memory, at: memory.keep({}, 'room', bytes, () => undefined) };
}

/** Numbers of which some are zeros of either sign and some are subnormal. */
function weights(count: number): Float32Array {
  const { data } = drawn([count], 7);
  return Float32Array.from(data as Float32Array, (x, i) =>
    i % 7 === 0 ? -0 : i % 11 === 0 ? x * 2 ** -140 : x,
  );
}

/** The panels of all groups by their definition, one element after the other. */
function panelsOf(source: PanelSource, data: ArrayLike<number>, factors?: Float64Array): Float64Array {
  const { groups, columns, column, inputs, input, channels, kh, kw, line, tap, begin } = source;
  const panels = new Float64Array(groups * panelSize(source));
  for (let g = 0; g < groups; g += 1) {
    for (let j = 0; j < columns; j += 1) {
      for (let i = 0; i < inputs; i += 1) {
        for (let y = 0; y < kh; y += 1) {
          for (let x = 0; x < kw; x += 1) {
            const from = begin + (g * columns + j) * column + i * input + tap + y * line + x;
            const place = (((j >> 3) * kh + y) * kw + x) * channels + i;
            const factor = factors?.[g * columns + j] ?? 1;
            panels[g * panelSize(source) + place * 8 + (j & 7)] = (data[from] ?? 0) * factor;
          }
        }
      }
    }
  }
  return panels;
}

/** Where two lists differ first, zeros of either sign being different; -1 where they are the same. */
function difference(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) return Math.min(got.length, want.length);
  return Array.from(got).findIndex((x, i) => !Object.is(x, want[i]));
}

const filters = (
  groups: number,
  columns: number,
  inputs: number,
  kernel: number,
  used = kernel,
): PanelSource => {
  const input = kernel * kernel;
  const window = { kh: used, kw: used, line: kernel, tap: (kernel - used) * (kernel + 1) };
  const channels = Math.ceil(inputs / 4) * 4;
  return { groups, columns, column: inputs * input, inputs, input, channels, begin: 0, ...window };
};

const sources: readonly (readonly [string, PanelSource])[] = [
  ['a matrix', matrixSource(70, 21, 21, 1)],
  ['one column', matrixSource(70, 1, 1, 1)],
  ['one row', matrixSource(1, 70, 70, 1)],
  ['a matrix that is read in several stretches', matrixSource(400, 264, 264, 1)],
  ['a transposed matrix', matrixSource(300, 261, 1, 300)],
  ['some rows of a transposed matrix', matrixSource(9, 12, 1, 9, 45)],
  ['filters of 1 x 1', filters(1, 20, 13, 1)],
  ['filters of 3 x 3', filters(1, 20, 13, 3)],
  ['groups of filters', filters(3, 12, 8, 3)],
  ['filters of which a part is used', filters(2, 8, 4, 5, 2)],
];

/** Elements that a source reads. */
const extent = ({ groups, columns, column, inputs, input, begin }: PanelSource): number =>
  begin + groups * Math.max(columns * column, inputs * input);

/** Packs every group of a source. */
function packed(source: PanelSource, data: NdArray, size: 1 | 2 | 4, factors?: Float64Array): ArrayBuffer {
  const bytes = panelSize(source) * size;
  const { memory, at } = room(source.groups * bytes);
  const read = readerOf(data);
  for (let g = 0; g < source.groups; g += 1) {
    packPanels({ memory, read, size, head: 0, source, factors }, g, at + g * bytes);
  }
  return memory.buffer.slice(at, at + source.groups * bytes);
}

test.each(sources)('panels of %s hold its elements, to the bit', (_, source) => {
  const data = weights(extent(source));
  const factors = new Float64Array(source.groups * source.columns).map((_, i) => 1 / (i + 3));
  for (const scale of [undefined, factors]) {
    const got = packed(source, new NdArray('float32', [data.length], data), 4, scale);
    const want = Float32Array.from(panelsOf(source, data, scale));
    expect(difference(new Float32Array(got), want)).toBe(-1);
  }
});

test.each(sources)('and so do those of 16 and of 8 bits of %s', (_, source) => {
  const bits = Uint16Array.from({ length: extent(source) }, (_, i) => i * 40503);
  const codes = Uint8Array.from(bits, (x) => x >> 5);
  const dims = [bits.length];
  const wide = packed(source, new NdArray('float16', dims, bits), 2);
  expect(difference(new Uint16Array(wide), panelsOf(source, bits))).toBe(-1);
  const narrow = packed(source, new NdArray('uint8', dims, codes), 1);
  expect(difference(new Uint8Array(narrow), panelsOf(source, codes))).toBe(-1);
});

const matrices: ReadonlyMap<number, readonly (readonly [number, number, number])[]> = new Map([
  [
    4,
    [
      [1, 0, 0],
      [1 / 2, 1 / 2, 1 / 2],
      [1 / 2, -1 / 2, 1 / 2],
      [0, 0, 1],
    ],
  ],
  [
    6,
    [
      [1 / 4, 0, 0],
      [-1 / 6, -1 / 6, -1 / 6],
      [-1 / 6, 1 / 6, -1 / 6],
      [1 / 24, 1 / 12, 1 / 6],
      [1 / 24, -1 / 12, 1 / 6],
      [0, 0, 1],
    ],
  ],
]);

test.each([4, 6])('filters for tiles of %i are transformed in double and rounded once', (tile) => {
  const matrix = matrices.get(tile) ?? [];
  for (const [o, c] of [
    [16, 16],
    [13, 18],
    [1, 3],
    [24, 600],
  ] as const) {
    const data = weights(o * c * 9);
    const factors = new Float64Array(o).map((_, j) => 1 / (j + 3));
    const channels = Math.ceil(c / 4) * 4;
    const panels = Math.ceil(o / 8) * 8 * channels;
    const want = new Float32Array(tile * tile * panels);
    for (let j = 0; j < o; j += 1) {
      for (let i = 0; i < c; i += 1) {
        const d = (y: number, x: number): number => data[(j * c + i) * 9 + y * 3 + x] as number;
        const rows = matrix.map(([a, b, e]) => [0, 1, 2].map((x) => a * d(0, x) + b * d(1, x) + e * d(2, x)));
        rows.forEach(([p = 0, q = 0, r = 0], t) => {
          matrix.forEach(([a, b, e], u) => {
            const to = (t * tile + u) * panels + ((j >> 3) * channels + i) * 8 + (j & 7);
            want[to] = (a * p + b * q + e * r) * (factors[j] ?? 1);
          });
        });
      }
    }
    const { memory, at } = room(want.byteLength);
    const read = readerOf(new NdArray('float32', [o, c, 3, 3], data));
    packTransformed(memory, read, tile, c, factors, panels, at);
    expect(difference(memory.floats(at, want.length), want)).toBe(-1);
  }
});
