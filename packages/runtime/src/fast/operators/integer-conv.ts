import { convInteger, qLinearConv } from '@refold/ir';
import type { KernelContext } from '../../kernels/kernel.ts';
import { requantizeConvolution } from '../../kernels/quantization/conv.ts';
import { resultDims } from '../../kernels/result-dims.ts';
import { NdArray } from '../../tensor/nd-array.ts';
import { emitFramed, type Operands } from '../framed-step.ts';
import type { Address } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { bytesOf, storeCodes, zeroStep } from './codes.ts';
import { type Geometry, windowsOf } from './geometry.ts';

/** Windows that are gathered at a time, in bytes of their panels. */
const GATHERED = 256 * 1024;

/** Which operands of a node are codes, and which are their zero points. */
interface Roles {
  readonly w: number;
  readonly xZero: number;
  readonly wZero: number;
}

export const lowerConvInteger: Lowering = (site) =>
  lowerSums(site, { w: 1, xZero: 2, wZero: 3 }, (sums, _, ctx) => {
    const dims = resultDims(ctx, convInteger, convInteger.view(ctx.op));
    return new NdArray('int32', dims, sums);
  });

export const lowerQLinearConv: Lowering = (site) =>
  lowerSums(site, { w: 3, xZero: 2, wZero: 5 }, (sums, operands, ctx) => {
    const dims = resultDims(ctx, qLinearConv, qLinearConv.view(ctx.op));
    addBias(sums, operands[8], dims);
    return requantizeConvolution(Float64Array.from(sums), dims, operands, ctx);
  });

/** Adds an int32 bias to each channel; sums wrap. */
function addBias(sums: Int32Array, bias: unknown, dims: readonly number[]): void {
  if (!(bias instanceof NdArray) || !(bias.data instanceof Int32Array)) return;
  const { data } = bias;
  const size = dims.slice(2).reduce((a, b) => a * b, 1);
  for (let i = 0; i < sums.length; i += 1) {
    sums[i] = (sums[i] as number) + (data[Math.floor(i / size) % data.length] as number);
  }
}

/** Sums of a convolution of codes with constant codes; `done` makes the result of them. */
function lowerSums(
  site: Site,
  { w, xZero, wZero }: Roles,
  done: (sums: Int32Array, operands: Operands, ctx: KernelContext) => NdArray,
): boolean {
  const dims = site.codeDims(0);
  const value = site.result;
  const outDims = value && site.around.storage.dimsIfKnown(value);
  const view = (site.node.is('QLinearConv') ? qLinearConv : convInteger).view(site.op);
  const geometry = dims && outDims && windowsOf(dims, outDims, view);
  if (!geometry || !site.codeDims(w) || !site.isKnown(w)) return false;
  const { n, c, h, w: width, o, oh, ow, group } = geometry;
  if (n * c * h * width * o * oh * ow === 0) return false;
  const xStep = zeroStep(site, 0, xZero, 0);
  const wStep = zeroStep(site, w, wZero, o);
  const fixed = !site.value(wZero) || site.isKnown(wZero);
  const biased = site.node.is('QLinearConv') && site.value(8) !== undefined && site.op.dtype(8) !== 'int32';
  if (xStep !== 0 || wStep === undefined || !fixed || biased) return false;

  const { window } = geometry;
  const { kh, kw, sh, sw, dh, dw, top, left } = window;
  const inputs = c / group;
  const outputs = o / group;
  const pairs = Math.ceil((inputs * kh * kw) / 2);
  const positions = oh * ow;
  const chunk = Math.min(Math.ceil(positions / 8) * 8, Math.max(32, Math.floor(GATHERED / (pairs * 4)) & ~7));
  const weights = keepWeights(site, w, wZero, wStep, geometry);
  const codes = site.scratch(n * c * h * width);
  const panels = site.scratch(chunk * pairs * 4);
  const sums = site.scratch(outputs * chunk * 4);
  const { memory } = site;
  const { kernels } = memory;
  const signed = site.op.dtype(0) === 'int8';
  emitFramed(site, 'conv int8', [codes, panels, sums], (operands, ctx) => {
    storeCodes(memory, codes, operands[0]);
    const zeros = operands[xZero];
    const zero = zeros instanceof NdArray ? Number(zeros.data[0] ?? 0) : 0;
    const out = new Int32Array(n * o * positions);
    for (let g = 0; g < n * group; g += 1) {
      const from = codes.at + g * inputs * h * width;
      const a = weights.at + (g % group) * outputs * pairs * 4;
      for (let p = 0; p < positions; p += chunk) {
        const count = Math.min(chunk, positions - p);
        kernels.gatherPairs(
          ...([
            signed,
            inputs,
            h,
            width,
            kh,
            kw,
            sh,
            sw,
            dh,
            dw,
            top,
            left,
            ow,
            p,
            count,
            from,
            zero,
            panels.at,
          ] as const),
        );
        kernels.multiplyPairs(outputs, count, pairs, a, panels.at, sums.at);
        const row = Math.ceil(count / 8) * 8;
        const made = new Int32Array(memory.buffer, sums.at, outputs * row);
        for (let j = 0; j < outputs; j += 1) {
          out.set(made.subarray(j * row, j * row + count), (g * outputs + j) * positions + p);
        }
      }
    }
    return done(out, operands, ctx);
  });
  return true;
}

/** Constant weights less their zero points, [o][pairs][2] of 16 bits, without the taps that no window uses. */
function keepWeights(site: Site, w: number, wZero: number, step: 0 | 4, geometry: Geometry): Address {
  const codes = bytesOf(site.array(w));
  const zeros = site.value(wZero) ? bytesOf(site.array(wZero)) : new Uint8Array(1);
  const signed = site.op.dtype(w) === 'int8';
  const read = (byte: number): number => (signed ? (byte << 24) >> 24 : byte);
  const { c, o, group, window } = geometry;
  const { kh, kw, fullH, fullW, firstY, firstX } = window;
  const inputs = c / group;
  const pairs = Math.ceil((inputs * kh * kw) / 2);
  return site.keep(site.node, `pairs${kh}x${kw}+${firstY},${firstX}`, o * pairs, (floats) => {
    const rows = new Int16Array(floats.buffer, floats.byteOffset, o * pairs * 2);
    for (let j = 0; j < o; j += 1) {
      const zero = read(zeros[step === 0 ? 0 : j] ?? 0);
      for (let i = 0; i < inputs * kh * kw; i += 1) {
        const ci = Math.floor(i / (kh * kw));
        const y = Math.floor(i / kw) % kh;
        const from = ((j * inputs + ci) * fullH + firstY + y) * fullW + firstX + (i % kw);
        rows[j * pairs * 2 + i] = read(codes[from] ?? 0) - zero;
      }
    }
  });
}
