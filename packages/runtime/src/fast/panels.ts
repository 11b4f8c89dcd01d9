import type { Address } from './places.ts';
import type { Site } from './site.ts';
import type { Kernels } from './wasm/load.ts';

/** Numbers as they stand in memory: float32, or the bit patterns of float16 and bfloat16. */
export type Elements = Float32Array | Uint16Array;

/** What the kernels number the types of weights by: float32, float16, bfloat16. */
export type WeightType = 0 | 1 | 2;

/** Constant weights in panels of 8 columns. They keep the 16 bits that they have, which products widen as they go. */
export interface Panels extends Address {
  readonly type: WeightType;
}

/**
 * Panels of a constant operand, which stay for all runs. `fill` moves numbers from it to `count` zeros; where it also
 * changes them (not `exact`), they become float32.
 */
export function keepPanels(
  site: Site,
  input: number,
  form: string,
  count: number,
  exact: boolean,
  fill: (from: Elements, to: Elements) => void,
): Panels {
  const key = site.key(input);
  const type = exact ? weightType(site, input) : 0;
  if (type === 0) {
    const { at } = site.keep(key, form, count, (to) => fill(site.floats(input) ?? new Float32Array(), to));
    return { at, type };
  }
  const { at } = site.keepBits(key, form, count, (to) => fill(site.bits(input) ?? new Uint16Array(), to));
  return { at, type };
}

/** The type that weights have. */
export function weightType(site: Site, input: number): WeightType {
  const dtype = site.op.dtype(input);
  return dtype === 'float16' ? 1 : dtype === 'bfloat16' ? 2 : 0;
}

/** The kernel `gemm` on panels of any type. */
export function multiplyPanels(
  kernels: Kernels,
  type: WeightType,
  ...call: Parameters<Kernels['gemm']>
): void {
  if (type === 0) kernels.gemm(...call);
  else kernels.gemmNarrow(type, ...call);
}
