import type { DType } from '@refold/ir';
import type { ConstRef } from '@refold/matcher';

/** Float types in which engines compute with at least the precision of the type: float32 is what they use. */
export const upToFloat32: readonly DType[] = ['float32', 'float16', 'bfloat16'];

/**
 * The number that all elements of a constant are, as an attribute says it; undefined where it is none. Float
 * attributes are float32, so a float64 that float32 does not hold is none.
 */
export function attributeOf(constant: ConstRef): number | undefined {
  const { splat } = constant;
  if (typeof splat !== 'number' || !Number.isFinite(splat)) return undefined;
  return constant.dtype === 'float64' && Math.fround(splat) !== splat ? undefined : splat;
}
