import { convInteger, qLinearConv } from '@refold/ir';
import type { KernelContext } from '../../kernels/kernel.ts';
import { requantizeConvolution } from '../../kernels/quantization/conv.ts';
import { resultDims } from '../../kernels/result-dims.ts';
import { NdArray } from '../../tensor/nd-array.ts';
import { emitFramed, type Operands } from '../framed-step.ts';
import type { Address } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { bytesOf, keepCodes, keepZeros, storeCodes, zeroStep } from './codes.ts';
import { type Geometry, tapArguments, windowsOf } from './geometry.ts';

/** Windows that are gathered at a time, in bytes of their panels. */
const GATHERED = 256 * 1024;

/** Filters that are widened at a time. */
const ROWS = 64;

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
  const { kh, kw } = window;
  const taps = tapArguments(window);
  const inputs = c / group;
  const outputs = o / group;
  const depth = inputs * kh * kw;
  const pairs = Math.ceil(depth / 2);
  const positions = oh * ow;
  const chunk = Math.min(Math.ceil(positions / 8) * 8, Math.max(32, Math.floor(GATHERED / (pairs * 4)) & ~7));
  const weights = keepWeights(site, w, geometry);
  const weightZeros = keepZeros(site, wZero, o);
  const codes = site.scratch(n * c * h * width);
  const panels = site.scratch(chunk * pairs * 4);
  const wide = site.scratch(Math.min(outputs, ROWS) * pairs * 4);
  const sums = site.scratch(outputs * chunk * 4);
  const { memory } = site;
  const { kernels } = memory;
  const [signed, weightSigned] = [site.op.dtype(0) === 'int8', site.op.dtype(w) === 'int8'];
  emitFramed(site, 'conv int8', [codes, panels, wide, sums], (operands, ctx) => {
    storeCodes(memory, codes, operands[0]);
    const zeros = operands[xZero];
    const zero = zeros instanceof NdArray ? Number(zeros.data[0] ?? 0) : 0;
    const out = new Int32Array(n * o * positions);
    for (let g = 0; g < n * group; g += 1) {
      const from = codes.at + g * inputs * h * width;
      const first = (g % group) * outputs;
      for (let p = 0; p < positions; p += chunk) {
        const count = Math.min(chunk, positions - p);
        kernels.gatherPairs(
          ...([signed, inputs, h, width, ...taps, ow, p, count, from, zero, panels.at] as const),
        );
        const row = Math.ceil(count / 8) * 8;
        for (let j = 0; j < outputs; j += ROWS) {
          const some = Math.min(ROWS, outputs - j);
          const at = weights.at + (first + j) * depth;
          const zeroAt = weightZeros.at + (first + j) * wStep;
          kernels.widenRows(weightSigned, some, depth, at, zeroAt, wStep, wide.at);
          kernels.multiplyPairs(some, count, pairs, wide.at, panels.at, sums.at + j * row * 4, row * 4);
        }
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

/** Constant weights, [o][channels][kh][kw], without the taps that no window uses. */
function keepWeights(site: Site, w: number, { c, o, group, window }: Geometry): Address {
  const { kh, kw, fullH, fullW, firstY, firstX } = window;
  const filters = (o * c) / group;
  if (kh === fullH && kw === fullW) return keepCodes(site, w, filters * kh * kw);
  const { memory } = site;
  const form = `codes${kh}x${kw}+${firstY},${firstX}`;
  const at = memory.keep(site.key(w), form, filters * kh * kw, (to) => {
    const codes = bytesOf(site.array(w));
    const used = new Uint8Array(memory.buffer, to, filters * kh * kw);
    for (let line = 0; line < filters * kh; line += 1) {
      const filter = Math.floor(line / kh);
      const from = (filter * fullH + firstY + (line % kh)) * fullW + firstX;
      used.set(codes.subarray(from, from + kw), line * kw);
    }
  });
  return { at };
}
