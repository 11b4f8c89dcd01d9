import { type NdArray, reals } from '@refold/runtime';
import type { LinearLayer } from '../layers/linear-layer.ts';
import { spread, type Windows } from './windows.ts';

/** Told of the numbers that the weights of one group are multiplied with for one place of the result. */
export type InputRow = (group: number, row: Float64Array) => void;

/**
 * Cuts the data of a `Conv`, `Gemm` or `MatMul` into the rows that its weights are multiplied with, in the order of
 * the weights of one output channel: those of a `Conv` by its windows, of the others at most `most`, evenly spread.
 */
export function forEachInputRow(
  layer: LinearLayer,
  windows: Windows | undefined,
  data: NdArray,
  most: number,
  visit: InputRow,
): void {
  if (windows) forEachWindow(layer, windows, data, visit);
  else forEachVector(layer, data, most, visit);
}

/** Channels lie along the last axis. */
function forEachVector({ inputs }: LinearLayer, data: NdArray, most: number, visit: InputRow): void {
  const values = reals(data);
  const row = new Float64Array(inputs);
  for (const r of vectors(inputs, values.length, most)) {
    for (let k = 0; k < inputs; k += 1) row[k] = values[r * inputs + k] as number;
    visit(0, row);
  }
}

function forEachWindow(
  { inputs, group, window }: LinearLayer,
  { count, plane, offsets }: Windows,
  data: NdArray,
  visit: InputRow,
): void {
  const perGroup = inputs / group;
  const values = reals(data);
  const row = new Float64Array(perGroup * window);
  for (let i = 0; i < count; i += 1) {
    for (let g = 0; g < group; g += 1) {
      for (let c = 0, k = 0; c < perGroup; c += 1) {
        const from = (g * perGroup + c) * plane;
        for (let t = 0; t < window; t += 1, k += 1) {
          const offset = offsets[i * window + t] as number;
          row[k] = offset < 0 ? 0 : (values[from + offset] as number);
        }
      }
      visit(g, row);
    }
  }
}

/**
 * Adds these rows up, without making them: `sums` has one array for each group.
 * @returns how many rows there are.
 */
export function addInputRows(
  layer: LinearLayer,
  windows: Windows | undefined,
  data: NdArray,
  most: number,
  sums: readonly Float64Array[],
): number {
  return windows ? addWindows(layer, windows, data, sums) : addVectors(layer, data, most, sums);
}

function addVectors(
  { inputs }: LinearLayer,
  data: NdArray,
  most: number,
  [sums]: readonly Float64Array[],
): number {
  const values = reals(data);
  let count = 0;
  for (const r of sums ? vectors(inputs, values.length, most) : []) {
    for (let k = 0; sums && k < inputs; k += 1)
      sums[k] = (sums[k] as number) + (values[r * inputs + k] as number);
    count += 1;
  }
  return count;
}

/** One channel after the other, so that what is read lies close together. */
function addWindows(
  { inputs, group, window }: LinearLayer,
  { count, plane, offsets }: Windows,
  data: NdArray,
  sums: readonly Float64Array[],
): number {
  const perGroup = inputs / group;
  const values = reals(data);
  const inside = new Int32Array(count);
  for (let t = 0; t < window; t += 1) {
    let length = 0;
    for (let at = t; at < offsets.length; at += window) {
      const offset = offsets[at] as number;
      if (offset >= 0) inside[length++] = offset;
    }
    for (let channel = 0; channel < inputs; channel += 1) {
      const from = channel * plane;
      const into = sums[Math.floor(channel / perGroup)];
      if (!into) continue;
      const k = (channel % perGroup) * window + t;
      let sum = into[k] as number;
      for (let i = 0; i < length; i += 1) sum += values[from + (inside[i] as number)] as number;
      into[k] = sum;
    }
  }
  return count;
}

/** The rows that are taken of so many numbers. */
function vectors(inputs: number, length: number, most: number): Iterable<number> {
  return spread(inputs === 0 ? 0 : length / inputs, most);
}
