import { dimRange, type Shape, sameDim, shapeSize, type Tensor, tensorOf } from '@refold/ir';

/**
 * The constant operand with which one Reshape takes a value of shape `from` to shape `to`: numbers as they
 * are, a symbolic size that `from` has at the same place as 0 (copied), one other symbolic size as -1.
 * Undefined when that cannot say it, or when the element counts are not provably equal.
 */
export function targetShape(from: Shape, to: Shape): Tensor | undefined {
  if (sameDim(shapeSize(from), shapeSize(to)) !== 'yes') return undefined;
  const out: number[] = [];
  let inferred = false;
  for (const [i, dim] of to.entries()) {
    if (typeof dim === 'number') {
      // A written 0 would mean "copy"; an empty tensor is not worth the care.
      if (dim <= 0) return undefined;
      out.push(dim);
      continue;
    }
    const here = from[i];
    if (here !== undefined && sameDim(here, dim) === 'yes') out.push(0);
    else if (!inferred && dimRange(dim).lo >= 0) {
      inferred = true;
      out.push(-1);
    } else return undefined;
  }
  return tensorOf('int64', [out.length], out);
}
