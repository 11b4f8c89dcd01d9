import { dequantizeLinear, elementCount, quantizeLinear, type Value } from '@refold/ir';
import { codeRange } from '../../kernels/quantization/codes.ts';
import { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { emitFramed } from '../framed-step.ts';
import type { Layout } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import type { TracedStep } from '../trace.ts';
import { bytesOf, storeCodes } from './codes.ts';

/** The constants of a node that quantizes with one scale. */
interface Scale {
  readonly scale: number;
  readonly zero: number;
}

/** The scale and the zero point of operands 1 and 2, if they are constants, one for all. */
function scaleOf({ around: { storage } }: Site, inputs: readonly (Value | undefined)[]): Scale | undefined {
  const number = (value: Value | undefined): number | undefined => {
    const fact = value && storage.fact(value);
    const array = fact?.kind === 'known' && fact.fixed ? fact.value() : undefined;
    return array instanceof NdArray && array.size === 1 ? reals(array)[0] : undefined;
  };
  const scale = number(inputs[1]);
  const zero = inputs[2] ? number(inputs[2]) : 0;
  return scale === undefined || zero === undefined ? undefined : { scale, zero };
}

/** QuantizeLinear of float32 with one scale: codes in the frame, or the numbers that they mean where only those count. */
export const lowerQuantizeLinear: Lowering = (site) => {
  const dims = site.dims(0);
  const { to, granularity, precision } = quantizeLinear.view(site.op);
  const scale = granularity === 'tensor' ? scaleOf(site, site.node.inputs) : undefined;
  if (!dims || !to || !scale || elementCount(dims) === 0 || !site.result) return false;
  if (site.op.dtype(0) !== 'float32' || site.op.dtype(1) !== 'float32') return false;
  if ((precision ?? 'float32') !== 'float32' || !integers.has(to)) return false;
  const range = codeRange(to);
  const next = site.around.onlyReader(site.result);
  if (next && undoes(site, next, scale)) {
    site.absorb(next);
    throughCodes(site, scale, range);
    return true;
  }
  if (to !== 'int8' && to !== 'uint8') return false;
  const x = site.read(0, 'plain');
  const count = elementCount(dims);
  const codes = site.scratch(count);
  const { memory } = site;
  emitFramed(site, 'quantize', [codes], (_, ctx) => {
    memory.kernels.toCodes(count, scale.scale, scale.zero, ...range, x.at, codes.at);
    const result = ctx.alloc(to, dims);
    bytesOf(result).set(new Uint8Array(memory.buffer, codes.at, count));
    return result;
  });
  return true;
};

const integers: ReadonlySet<string> = new Set(['int4', 'uint4', 'int8', 'uint8', 'int16', 'uint16']);

/** Whether a step makes float32 numbers of codes with the same scale and zero point. */
function undoes(site: Site, { op }: TracedStep, { scale, zero }: Scale): boolean {
  if (!op.node.is('DequantizeLinear')) return false;
  const { to, granularity } = dequantizeLinear.view(op);
  const own = scaleOf(site, op.node.inputs);
  return to === 'float32' && granularity === 'tensor' && own?.scale === scale && own.zero === zero;
}

function throughCodes(site: Site, { scale, zero }: Scale, range: readonly [number, number]): void {
  const layout: Layout = site.isBlocked(0) ? 'blocked' : 'plain';
  const x = site.read(0, layout);
  const y = site.write(layout);
  const count = y.bytes / 4;
  const { kernels } = site.memory;
  site.emit('quantize and back', [x, y], () => {
    kernels.throughCodes(count, scale, zero, ...range, x.at, y.at);
  });
}

/** DequantizeLinear of 8-bit codes with one scale. */
export const lowerDequantizeLinear: Lowering = (site) => {
  const dims = site.codeDims(0);
  const { to, granularity } = dequantizeLinear.view(site.op);
  const scale = granularity === 'tensor' ? scaleOf(site, site.node.inputs) : undefined;
  const out = site.resultDims();
  if (!dims || !out || !scale || to !== 'float32' || elementCount(dims) === 0) return false;
  const signed = site.op.dtype(0) === 'int8';
  const count = elementCount(dims);
  const codes = site.scratch(count);
  const y = site.write('plain');
  const source = site.source(0);
  const { memory } = site;
  site.emit('dequantize', [codes, y, source.place], (state) => {
    storeCodes(memory, codes, source.read(state));
    memory.kernels.fromCodes(count, signed, scale.scale, scale.zero, codes.at, y.at);
  });
  return true;
};
