import type { LinearLayer } from '../layers/linear-layer.ts';

/** Where the weights of one output channel lie: `size` of them, `step` apart, from `at` on. */
export interface WeightRow {
  readonly output: number;
  readonly group: number;
  readonly at: number;
  readonly step: number;
  readonly size: number;
}

/** One for each output channel of a `Conv`, `Gemm` or `MatMul`; in the order in which data meets them. */
export function weightRows({
  outputs,
  inputs,
  group,
  window,
  outputsFirst,
}: LinearLayer): readonly WeightRow[] {
  const size = (inputs / group) * window;
  return Array.from({ length: outputs }, (_, output) => ({
    output,
    group: Math.floor(output / (outputs / group)),
    at: outputsFirst ? output * size : output,
    step: outputsFirst ? 1 : outputs,
    size,
  }));
}

export function readRow({ at, step, size }: WeightRow, from: Float64Array, to: Float64Array): void {
  for (let k = 0, i = at; k < size; k += 1, i += step) to[k] = from[i] as number;
}

export function writeRow({ at, step, size }: WeightRow, from: Float64Array, to: Float64Array): void {
  for (let k = 0, i = at; k < size; k += 1, i += step) to[i] = from[k] as number;
}
