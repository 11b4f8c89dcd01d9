import { elementCount, matMulInteger, qLinearMatMul } from '@refold/ir';
import type { KernelContext } from '../../kernels/kernel.ts';
import { requantizeProducts } from '../../kernels/quantization/matmul.ts';
import { resultDims } from '../../kernels/result-dims.ts';
import { NdArray } from '../../tensor/nd-array.ts';
import { emitFramed, type Operands } from '../framed-step.ts';
import { type Address, Place } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { bytesOf, storeCodes, storeZeros, zeroStep } from './codes.ts';

/** Which operands of a node are codes, and which are their zero points. */
interface Roles {
  readonly a: number;
  readonly aZero: number;
  readonly b: number;
  readonly bZero: number;
}

export const lowerMatMulInteger: Lowering = (site) =>
  lowerProduct(site, { a: 0, aZero: 2, b: 1, bZero: 3 }, (sums, _, ctx) => {
    return new NdArray('int32', resultDims(ctx, matMulInteger, {}), sums);
  });

export const lowerQLinearMatMul: Lowering = (site) =>
  lowerProduct(site, { a: 0, aZero: 2, b: 3, bZero: 5 }, (sums, operands, ctx) => {
    return requantizeProducts(Float64Array.from(sums), resultDims(ctx, qLinearMatMul, {}), operands, ctx);
  });

/** A product of a stack of codes with one matrix of codes; `done` makes the result of the sums. */
function lowerProduct(
  site: Site,
  { a, aZero, b, bZero }: Roles,
  done: (sums: Int32Array, operands: Operands, ctx: KernelContext) => NdArray,
): boolean {
  const aDims = site.codeDims(a);
  const bDims = site.codeDims(b);
  if (!aDims || !bDims || aDims.length === 0 || bDims.length !== 2) return false;
  const [k = 0, n = 0] = bDims;
  const m = elementCount(aDims) / k;
  if (aDims.at(-1) !== k || m * n * k === 0) return false;
  const rowZeros = zeroStep(site, a, aZero, m);
  const columnZeros = zeroStep(site, b, bZero, n);
  if (rowZeros === undefined || columnZeros === undefined || (rowZeros > 0 && aDims.length > 2)) return false;

  const { memory } = site;
  const { kernels } = memory;
  const pairs = Math.ceil(k / 2);
  const width = Math.ceil(n / 8) * 8;
  const [aSigned, bSigned] = [site.op.dtype(a) === 'int8', site.op.dtype(b) === 'int8'];
  const fixed = site.isKnown(b) && (!site.value(bZero) || site.isKnown(bZero));
  const codes = site.scratch(Math.max(m * k, fixed ? 0 : n * k));
  const zeros = site.scratch(4 * Math.max(m, n));
  const wide = site.scratch(m * pairs * 4);
  const sums = site.scratch(m * width * 4);
  const panels: Address = fixed
    ? keepPairs(site, b, bZero, k, n, columnZeros)
    : site.scratch(width * pairs * 4);
  const scratch = [codes, zeros, wide, sums, ...(panels instanceof Place ? [panels] : [])];
  emitFramed(site, 'matmul int8', scratch, (operands, ctx) => {
    if (!fixed) {
      storeCodes(memory, codes, operands[b]);
      storeZeros(memory, zeros, operands[bZero]);
      kernels.packPairs(bSigned, k, n, codes.at, zeros.at, columnZeros, panels.at);
    }
    storeCodes(memory, codes, operands[a]);
    storeZeros(memory, zeros, operands[aZero]);
    kernels.widenRows(aSigned, m, k, codes.at, zeros.at, rowZeros, wide.at);
    kernels.multiplyPairs(m, n, pairs, wide.at, panels.at, sums.at);
    return done(compact(new Int32Array(memory.buffer, sums.at, m * width), m, n, width), operands, ctx);
  });
  return true;
}

/** Rows of `n` out of rows of `width`, in an array of their own. */
function compact(sums: Int32Array, m: number, n: number, width: number): Int32Array {
  if (n === width) return sums.slice();
  const out = new Int32Array(m * n);
  for (let i = 0; i < m; i += 1) out.set(sums.subarray(i * width, i * width + n), i * n);
  return out;
}

/** Panels of a constant matrix of codes. */
function keepPairs(site: Site, b: number, bZero: number, k: number, n: number, step: 0 | 4): Address {
  const codes = bytesOf(site.array(b));
  const zeros = site.value(bZero) ? bytesOf(site.array(bZero)) : new Uint8Array(1);
  const signed = site.op.dtype(b) === 'int8';
  const read = (byte: number): number => (signed ? (byte << 24) >> 24 : byte);
  const pairs = Math.ceil(k / 2);
  const count = Math.ceil(n / 8) * 8 * pairs;
  return site.keep(site.node, 'pairs', count, (floats) => {
    const panels = new Int16Array(floats.buffer, floats.byteOffset, count * 2);
    for (let i = 0; i < k; i += 1) {
      for (let j = 0; j < n; j += 1) {
        const value = read(codes[i * n + j] ?? 0) - read(zeros[step === 0 ? 0 : j] ?? 0);
        panels[((j >> 3) * pairs + (i >> 1)) * 16 + (j & 7) * 2 + (i & 1)] = value;
      }
    }
  });
}
