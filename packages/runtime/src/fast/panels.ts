import { depthOf, type Packing, type PanelSource, packPanels } from './pack-panels.ts';
import type { Address } from './places.ts';
import type { ScaledCodes } from './scaled-codes.ts';
import type { Site } from './site.ts';
import type { Kernels } from './wasm/load.ts';
import { headOf, panelBytes, sizeOf, type WeightType } from './weight-type.ts';

/** Constant weights in panels of 8 columns. They keep the bits that they have, which products widen as they go. */
export interface Panels extends Address {
  readonly type: WeightType;
  /** Of the panels of one group. */
  readonly bytes: number;
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
  return keepPanelsAs(factors ? 0 : panelType(site, input, source), site, input, form, source, factors);
}

/** Panels of float32, whatever the type of the constant. */
export function keepFloatPanels(site: Site, input: number, form: string, source: PanelSource): Address {
  return keepPanelsAs(0, site, input, form, source);
}

function keepPanelsAs(
  type: WeightType,
  site: Site,
  input: number,
  form: string,
  source: PanelSource,
  factors?: Float64Array,
): Panels {
  const { memory } = site;
  const [size, head] = [sizeOf(type), headOf(type)];
  const codes = type > 2 ? site.codes(input) : undefined;
  const bytes = Math.ceil(source.columns / 8) * panelBytes(type, depthOf(source));
  const at = memory.keep(site.key(input), form, source.groups * bytes, (to) => {
    const read = codes ? codes.bytes() : type === 0 ? site.floatBytes(input) : site.bytes(input);
    const packing: Packing = { memory, read, size, head, source, factors };
    for (let g = 0; g < source.groups; g += 1) {
      packPanels(packing, g, to + g * bytes);
      if (codes) storeHeads(memory.buffer, type, codes, source, g, to + g * bytes);
    }
  });
  return { at, type, bytes };
}

/** Writes the heads of the panels of one group. Columns that fill up the last panel are zero by their scale. */
function storeHeads(
  buffer: ArrayBufferLike,
  type: WeightType,
  { zero, scale }: ScaledCodes,
  source: PanelSource,
  group: number,
  to: number,
): void {
  const { columns } = source;
  const bytes = panelBytes(type, depthOf(source));
  for (let j = 0; j < columns; j += 1) {
    const head = new Float32Array(buffer, to + (j >> 3) * bytes, headOf(type) / 4);
    const place = scale.length === 1 ? 0 : group * columns + j;
    head[j & 7] = zero[place] ?? 0;
    head[8 + (j & 7)] = scale[place] ?? 0;
  }
}

/** The type of the panels of an operand that nothing is folded into. */
export function panelType(site: Site, input: number, source: PanelSource): WeightType {
  const dtype = site.op.dtype(input);
  if (dtype === 'float16') return 1;
  if (dtype === 'bfloat16') return 2;
  const codes = site.codes(input);
  return codes && fits(codes, source) ? (codes.signed ? 3 : 4) : 0;
}

/** Whether each column has one scale, and what fills up a block of channels is zero. */
function fits({ scale, zero, stride }: ScaledCodes, source: PanelSource): boolean {
  const { groups, columns, column, inputs, channels, begin } = source;
  const isFull = inputs === channels || Array.from(zero).every((code) => code === 0);
  return (
    isFull && (scale.length === 1 || (stride === column && scale.length === groups * columns && begin === 0))
  );
}

/** Bytes of a number of an operand in panels. */
export function panelNumber(site: Site, input: number, source: PanelSource): number {
  return sizeOf(panelType(site, input, source));
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
