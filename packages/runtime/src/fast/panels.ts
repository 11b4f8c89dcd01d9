import { type Packing, type PanelSource, packPanels, panelSize } from './pack-panels.ts';
import type { Address } from './places.ts';
import type { Site } from './site.ts';
import type { Kernels } from './wasm/load.ts';

/** What the kernels number the types of weights by: float32, float16, bfloat16. */
export type WeightType = 0 | 1 | 2;

/** Constant weights in panels of 8 columns. They keep the 16 bits that they have, which products widen as they go. */
export interface Panels extends Address {
  readonly type: WeightType;
}

/**
 * Panels of a constant operand, which stay for all runs. With `factors`, one for each column of each group, they are
 * float32, each number multiplied in double and rounded once.
 */
export function keepPanels(
  site: Site,
  input: number,
  form: string,
  source: PanelSource,
  factors?: Float64Array,
): Panels {
  const type = factors ? 0 : weightType(site, input);
  return { at: keepPanelsAs(type, site, input, form, source, factors), type };
}

/** Panels of float32, whatever the type of the constant. */
export function keepFloatPanels(site: Site, input: number, form: string, source: PanelSource): Address {
  return { at: keepPanelsAs(0, site, input, form, source, undefined) };
}

function keepPanelsAs(
  type: WeightType,
  site: Site,
  input: number,
  form: string,
  source: PanelSource,
  factors: Float64Array | undefined,
): number {
  const size = type === 0 ? 4 : 2;
  const bytes = panelSize(source) * size;
  return site.memory.keep(site.key(input), form, source.groups * bytes, (address) => {
    const read = type === 0 ? site.floatBytes(input) : site.bytes(input);
    const job: Packing = { memory: site.memory, read, size, source, factors };
    for (let g = 0; g < source.groups; g += 1) packPanels(job, g, address + g * bytes);
  });
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
