import { conv, type OpContext } from '@refold/ir';
import { type NdArray, reals } from '@refold/runtime';
import type { LinearLayer } from '../layers/linear-layer.ts';

/** Told of the numbers that the weights of one group are multiplied with for one place of the result. */
export type InputRow = (group: number, row: Float64Array) => void;

/**
 * Cuts the data of a `Conv`, `Gemm` or `MatMul` into the rows that its weights are multiplied with, in the order of
 * the weights of one output channel. Of more places than `most` in a tensor, evenly spread ones are taken.
 */
export function forEachInputRow(
  layer: LinearLayer,
  op: OpContext,
  data: NdArray,
  most: number,
  visit: InputRow,
): void {
  if (layer.node.is('Conv')) forEachWindow(layer, op, data, most, visit);
  else forEachVector(layer, data, most, visit);
}

/** Channels lie along the last axis. */
function forEachVector({ inputs }: LinearLayer, data: NdArray, most: number, visit: InputRow): void {
  const values = reals(data);
  const row = new Float64Array(inputs);
  const rows = inputs === 0 ? 0 : values.length / inputs;
  for (const r of spread(rows, most)) {
    for (let k = 0; k < inputs; k += 1) row[k] = values[r * inputs + k] as number;
    visit(0, row);
  }
}

function forEachWindow(
  { inputs, group, window }: LinearLayer,
  op: OpContext,
  data: NdArray,
  most: number,
  visit: InputRow,
): void {
  const { kernelShape = [], strides = [], pads = [], dilations = [] } = conv.view(op);
  const [batch = 0, , ...sizes] = data.dims;
  const grid = sizes.map((size, a) => {
    const reach = ((kernelShape[a] ?? 1) - 1) * (dilations[a] ?? 1) + 1;
    const padded = size + (pads[a] ?? 0) + (pads[a + sizes.length] ?? 0);
    return Math.max(0, Math.floor((padded - reach) / (strides[a] ?? 1)) + 1);
  });
  const positions = grid.reduce((a, d) => a * d, 1);
  const plane = sizes.reduce((a, d) => a * d, 1);
  const perGroup = inputs / group;
  const values = reals(data);
  const row = new Float64Array(perGroup * window);
  const offsets = new Int32Array(window);
  for (const at of spread(batch * positions, most)) {
    const sample = Math.floor(at / positions);
    const place = placeOf(at % positions, grid).map((p, a) => p * (strides[a] ?? 1) - (pads[a] ?? 0));
    fillOffsets(offsets, place, kernelShape, dilations, sizes);
    for (let g = 0; g < group; g += 1) {
      for (let c = 0, k = 0; c < perGroup; c += 1) {
        const from = (sample * inputs + g * perGroup + c) * plane;
        for (let t = 0; t < window; t += 1, k += 1) {
          const offset = offsets[t] as number;
          row[k] = offset < 0 ? 0 : (values[from + offset] as number);
        }
      }
      visit(g, row);
    }
  }
}

/** Where the elements of a window lie in a plane; -1 in the padding. */
function fillOffsets(
  offsets: Int32Array,
  place: readonly number[],
  kernel: readonly number[],
  dilations: readonly number[],
  sizes: readonly number[],
): void {
  for (let t = 0; t < offsets.length; t += 1) {
    const tap = placeOf(t, kernel);
    let offset = 0;
    for (let a = 0; a < sizes.length && offset >= 0; a += 1) {
      const x = (place[a] ?? 0) + (tap[a] ?? 0) * (dilations[a] ?? 1);
      const size = sizes[a] ?? 0;
      offset = x < 0 || x >= size ? -1 : offset * size + x;
    }
    offsets[t] = offset;
  }
}

/** The coordinates of an index in row-major order. */
function placeOf(index: number, dims: readonly number[]): number[] {
  const place = new Array<number>(dims.length).fill(0);
  let rest = index;
  for (let a = dims.length - 1; a >= 0; a -= 1) {
    const d = Math.max(1, dims[a] ?? 1);
    place[a] = rest % d;
    rest = Math.floor(rest / d);
  }
  return place;
}

/** At most `most` of the numbers below `count`, evenly spread. */
function* spread(count: number, most: number): Iterable<number> {
  const taken = Math.min(count, most);
  for (let i = 0; i < taken; i += 1) yield Math.floor((i * count) / taken);
}
