import { constantTensor, type Node, viewOf } from '@refold/ir';
import type { Query } from '@refold/matcher';
import { constantFloats } from '../support/constants.ts';

/** Scales of float32 between these bounds neither overflow nor underflow when they are multiplied by a code. */
const SMALLEST = 2 ** -100;
const LARGEST = 2 ** 100;

/** The constant float32 scales of a QuantizeLinear or DequantizeLinear, when all are ordinary positive numbers. */
export function plainScales(node: Node): Float64Array | undefined {
  const scale = node.inputs[1];
  if (!scale || constantTensor(scale)?.dtype !== 'float32') return undefined;
  const values = constantFloats(scale);
  return values?.every((s) => s >= SMALLEST && s <= LARGEST) ? values : undefined;
}

/** Whether two nodes quantize with the same constants along the same axis. */
export function sameGranularity(a: Node, b: Node, q: Query): boolean {
  for (const i of [1, 2]) {
    const [x, y] = [a.inputs[i], b.inputs[i]];
    if (!x || !y) {
      // An absent zero point is 0 of the same type, which the types of the results show.
      if (x || y) return false;
    } else if (!constantTensor(x) || !q.same(x, y)) return false;
  }
  const [p, r] = [layoutOf(a), layoutOf(b)];
  return p !== undefined && p === r;
}

/** How scales lie along the axes, as text; undefined when that is not known. */
function layoutOf(node: Node): string | undefined {
  const view = viewOf(node);
  if (view?.granularity === undefined) return undefined;
  return view.granularity === 'tensor' ? 'tensor' : `${view.axis}/${view.blockSize}`;
}
