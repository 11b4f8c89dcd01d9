import type { Dim, DType } from '@refold/ir';

/** Relative error that the factors of a scale may have left: two roots, rounded, and their product. */
const ROUNDING = 2 ** -21;

/**
 * The attribute that says a factor of the scores: undefined where it is the default, 1 / sqrt(head size), or
 * rounds to it. `'no'` where the attribute, which is a float32, cannot say it.
 */
export function scaleAttribute(
  scale: number,
  size: Dim | undefined,
  dtype: DType | undefined,
): number | undefined | 'no' {
  // Runtimes take its root.
  if (!(scale > 0 && Number.isFinite(scale))) return 'no';
  const plain = typeof size === 'number' ? 1 / Math.sqrt(size) : Number.NaN;
  const error = dtype === 'float64' ? 2 ** -50 : ROUNDING;
  if (Math.abs(scale / plain - 1) <= error) return undefined;
  const rounded = Math.fround(scale);
  if (dtype === 'float64' && rounded !== scale) return 'no';
  return Number.isFinite(rounded) && rounded !== 0 ? rounded : 'no';
}
