import { elementCount, matMulInteger, qLinearMatMul } from '@refold/ir';
import type { KernelContext } from '../../kernels/kernel.ts';
import { requantizeProducts } from '../../kernels/quantization/matmul.ts';
import { resultDims } from '../../kernels/result-dims.ts';
import { NdArray } from '../../tensor/nd-array.ts';
import { emitFramed, type Operands } from '../framed-step.ts';
import type { Lowering, Site } from '../site.ts';
import { keepCodes, keepZeros, storeCodes, storeZeros, zeroStep } from './codes.ts';

/** Columns of the right operand that are widened at a time: a whole line of the cache in each row. */
const COLUMNS = 64;

/** Rows of the left operand for which making panels is not worth while. */
const MOST_FEW = 4;

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
  const codes = site.scratch(m * k);
  const zeros = site.scratch(4 * m);
  const wide = site.scratch(m * pairs * 4);
  const sums = site.scratch(m * width * 4);
  const right = fixed ? keepCodes(site, b, n * k) : site.scratch(n * k);
  const rightZeros = fixed ? keepZeros(site, bZero, n) : site.scratch(4 * n);
  const panels = site.scratch(Math.min(width, COLUMNS) * pairs * 4);
  const few = (): void =>
    kernels.multiplyFew(
      ...([bSigned, m, n, k, wide.at, n, right.at, rightZeros.at, columnZeros] as const),
      ...([sums.at, width * 4] as const),
    );
  const many = (): void => {
    for (let j = 0; j < n; j += COLUMNS) {
      const some = Math.min(COLUMNS, n - j);
      const zero = rightZeros.at + j * columnZeros;
      kernels.packPairs(bSigned, k, some, n, right.at + j, zero, columnZeros, panels.at);
      kernels.multiplyPairs(m, some, pairs, wide.at, panels.at, sums.at + j * 4, width * 4);
    }
  };
  const places = [codes, zeros, wide, sums, right, rightZeros, panels];
  emitFramed(site, 'matmul int8', places, (operands, ctx) => {
    if (!fixed) {
      storeCodes(memory, right, operands[b]);
      storeZeros(memory, rightZeros, operands[bZero]);
    }
    storeCodes(memory, codes, operands[a]);
    storeZeros(memory, zeros, operands[aZero]);
    kernels.widenRows(aSigned, m, k, codes.at, zeros.at, rowZeros, wide.at);
    if (m <= MOST_FEW) few();
    else many();
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
