import { isFloat } from '@refold/ir';
import { type NdArray, type NdValue, reals } from '@refold/runtime';

/** How far numbers may lie apart: `atol + rtol * |want|`. */
export interface OfficialTolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** What ONNX's own test runner holds backends to, where a case does not say otherwise. */
export const officialTolerance: OfficialTolerance = { rtol: 1e-3, atol: 1e-7 };

/**
 * Why a result does not pass: element types and shapes must be equal, strings and integers too, floats
 * close. Without a tolerance only types and shapes are looked at.
 */
export function misfit(
  want: NdValue,
  got: NdValue | undefined,
  tolerance?: OfficialTolerance,
): string | undefined {
  if (!got) return 'it is missing';
  if (want.kind === 'tensor' && got.kind === 'tensor') return tensorMisfit(want, got, tolerance);
  if (want.kind === 'sequence' && got.kind === 'sequence') {
    if (want.items.length !== got.items.length)
      return `${got.items.length} items instead of ${want.items.length}`;
    return want.items
      .map((item, i) => misfit(item, got.items[i], tolerance))
      .find((reason) => reason !== undefined);
  }
  if (want.kind === 'optional' && got.kind === 'optional') {
    if (!want.item) return got.item && 'it is not empty';
    return misfit(want.item, got.item, tolerance);
  }
  return `a ${got.kind} instead of a ${want.kind}`;
}

function tensorMisfit(
  want: NdArray,
  got: NdArray,
  tolerance: OfficialTolerance | undefined,
): string | undefined {
  if (want.dtype !== got.dtype) return `${got.dtype} instead of ${want.dtype}`;
  if (want.dims.join() !== got.dims.join()) return `shape [${got.dims}] instead of [${want.dims}]`;
  if (!tolerance) return undefined;
  const { rtol, atol } = tolerance;
  const relative = want.dtype === 'bfloat16' ? Math.max(rtol, 2 ** -6) : rtol;
  const [a, b] = [comparable(want), comparable(got)];
  const exact = !isFloat(want.dtype) && !want.dtype.startsWith('complex');
  for (let i = 0; i < a.length; i += 1) {
    const [x, y] = [a[i], b[i]];
    if (x === y) continue;
    if (!exact && typeof x === 'number' && typeof y === 'number') {
      if (Number.isNaN(x) && Number.isNaN(y)) continue;
      if (Math.abs(x - y) <= atol + relative * Math.abs(x) && Number.isFinite(x)) continue;
    }
    return `element ${i} is ${y} instead of ${x}`;
  }
  return undefined;
}

function comparable(array: NdArray): ArrayLike<number | bigint | string> {
  return isFloat(array.dtype) ? reals(array) : array.data;
}
