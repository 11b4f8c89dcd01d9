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
 * Panels of a constant operand, which stay for all runs. With `factors`, one for each column of each group, each number
 * is multiplied in double and rounded once to float32, when it is packed or when it is widened.
 */
export function keepPanels(
  site: Site,
  input: number,
  form: string,
  source: PanelSource,
  factors?: Float64Array,
): Panels {
  return keepPanelsAs(panelType(site, input, source, factors), site, input, form, source, factors);
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
  const codes = type === 3 || type === 4 ? site.codes(input) : undefined;
  const bytes = Math.ceil(source.columns / 8) * panelBytes(type, depthOf(source));
  const at = memory.keep(site.key(input), form, source.groups * bytes, (to) => {
    const read = codes ? codes.bytes() : type === 0 ? site.floatBytes(input) : site.bytes(input);
    const packing: Packing = { memory, read, size, head, source, factors: type === 0 ? factors : undefined };
    for (let g = 0; g < source.groups; g += 1) {
      packPanels(packing, g, to + g * bytes);
      if (head > 0) storeHeads(memory.buffer, { type, codes, factors }, source, g, to + g * bytes);
    }
  });
  return { at, type, bytes };
}

/** What the heads of panels hold. */
interface Heads {
  readonly type: WeightType;
  readonly codes: ScaledCodes | undefined;
  readonly factors: Float64Array | undefined;
}

/** Writes the heads of the panels of one group. Columns that fill up the last panel are zero by their factor. */
function storeHeads(
  buffer: ArrayBufferLike,
  { type, codes, factors }: Heads,
  source: PanelSource,
  group: number,
  to: number,
): void {
  const { columns } = source;
  const bytes = panelBytes(type, depthOf(source));
  for (let j = 0; j < columns; j += 1) {
    const at = to + (j >> 3) * bytes;
    const place = group * columns + j;
    if (codes) {
      const head = new Float32Array(buffer, at, 16);
      const one = codes.scale.length === 1;
      head[j & 7] = codes.zero[one ? 0 : place] ?? 0;
      head[8 + (j & 7)] = codes.scale[one ? 0 : place] ?? 0;
    } else {
      new Float64Array(buffer, at, 8)[j & 7] = factors?.[place] ?? 1;
    }
  }
}

/** The type of the panels of an operand. */
function panelType(site: Site, input: number, source: PanelSource, factors?: Float64Array): WeightType {
  const dtype = site.op.dtype(input);
  if (dtype === 'float16') return factors ? 5 : 1;
  if (dtype === 'bfloat16') return factors ? 6 : 2;
  const codes = factors ? undefined : site.codes(input);
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
export function panelNumber(site: Site, input: number, source: PanelSource, factors?: Float64Array): number {
  return sizeOf(panelType(site, input, source, factors));
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
