import { type Adapter, type Conversion, intAttribute } from '../conversion.ts';
import { shapedLike } from './shapes.ts';

/**
 * Softmax, LogSoftmax and Hardmax 13: before, the input was flattened to two dimensions at `axis` (1 by
 * default) and all elements of a row were normalised together; since then `axis` alone is.
 */
export const softmaxAxis: Adapter = (c) => {
  const axis = c.op.int('axis') ?? 1;
  const single = singleAxis(c, axis);
  if (single !== undefined) {
    c.setAttribute(intAttribute('axis', single));
    return;
  }
  const x = c.input(0);
  const rows = c.emit('Flatten', [x], [intAttribute('axis', axis)]);
  const normal = c.emit(c.node.opType, [rows], [intAttribute('axis', 1)]);
  c.replaceNode(shapedLike(c, normal, x));
};

/** The only axis from `axis` on that has more than one element, or one that may stand for all of them. */
function singleAxis(c: Conversion, axis: number): number | undefined {
  if (axis === -1) return axis;
  const shape = c.op.shape(0);
  if (!shape) return undefined;
  const first = axis < 0 ? axis + shape.length : axis;
  if (first < 0 || first >= shape.length) return undefined;
  const wide = shape.flatMap((dim, i) => (i >= first && dim !== 1 ? [i] : []));
  return wide.length > 1 ? undefined : (wide[0] ?? first);
}
