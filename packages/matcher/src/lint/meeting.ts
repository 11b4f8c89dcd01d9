import { dispensable } from '../compile/dispensable.ts';
import type { ParamQuestion, Place, Skeleton } from '../compile/skeleton.ts';

/**
 * A text of a graph in which two skeletons have the same root, such as `Mul(Relu, _)`; undefined when there can
 * be none. What depends on the order of operands, or on nodes that are looked through, is taken to be possible.
 */
export function meetingOf(a: Skeleton, b: Skeleton): string | undefined {
  const [left] = a.places;
  const [right] = b.places;
  if (!left || !right) return undefined;
  const pairs = [{ left, right }];
  for (const pair of pairs) {
    if (!isCompatible(pair.left, pair.right, a, b)) return undefined;
    for (const lower of childrenOf(pair.left, a)) {
      for (const other of childrenOf(pair.right, b)) {
        if (isSameOperand(lower, other)) pairs.push({ left: lower, right: other });
      }
    }
  }
  return textOf(left, right, a, b);
}

function isCompatible(left: Place, right: Place, a: Skeleton, b: Skeleton): boolean {
  if (!commonOp(left, right)) return false;
  if (left.params.some((p) => right.params.some((q) => contradict(p, q)))) return false;
  return !wantsConstantAt(left, childrenOf(right, b)) && !wantsConstantAt(right, childrenOf(left, a));
}

function commonOp(left: Place, right: Place): string | undefined {
  return left.ops.find((op) => right.ops.includes(op));
}

/** Whether a constant is wanted where the other pattern has an operator that makes none. */
function wantsConstantAt({ constants }: Place, others: readonly Place[]): boolean {
  return others.some((other) => {
    const via = other.above?.edge.via;
    return typeof via === 'number' && constants.includes(via) && isFirm(other);
  });
}

/** Whether a place stands for one certain node, which nobody looks through. */
function isFirm({ above, ops }: Place): boolean {
  return above?.edge.skip.size === 0 && !ops.some((op) => dispensable.has(nameOf(op)));
}

/** Whether two places below one node surely are the same node. */
function isSameOperand(left: Place, right: Place): boolean {
  const [x, y] = [left.above?.edge, right.above?.edge];
  if (!x || !y || typeof x.via !== 'number' || x.via !== y.via || x.output !== y.output) return false;
  return isFirm(left) && isFirm(right);
}

function contradict(p: ParamQuestion, q: ParamQuestion): boolean {
  if (p.name !== q.name || typeof p.test !== typeof q.test) return false;
  if (typeof p.test === 'string' || typeof p.test === 'boolean') return p.test !== q.test;
  // Numbers may be axes, which can be counted from both ends.
  return typeof p.test === 'number' && typeof q.test === 'number' && p.test !== q.test && p.test * q.test > 0;
}

function childrenOf(place: Place, { places }: Skeleton): readonly Place[] {
  return places.filter((p) => p.above?.place === place);
}

/** What both ask for in one text, to a depth of a few nodes. */
function textOf(left: Place, right: Place, a: Skeleton, b: Skeleton): string {
  const below = childrenOf(left, a);
  const beside = childrenOf(right, b);
  const parts: string[] = [];
  const paired = new Set<Place>();
  for (const place of below) {
    const twin = beside.find((other) => isSameOperand(place, other));
    if (twin) paired.add(twin);
    parts.push(twin ? textOf(place, twin, a, b) : textOfOne(place, a));
  }
  for (const place of beside) if (!paired.has(place)) parts.push(textOfOne(place, b));
  return withParts(nameOf(commonOp(left, right) ?? ''), parts);
}

function textOfOne(place: Place, skeleton: Skeleton): string {
  return withParts(
    place.ops.map(nameOf).join('|'),
    childrenOf(place, skeleton).map((p) => textOfOne(p, skeleton)),
  );
}

function withParts(name: string, parts: readonly string[]): string {
  return parts.length === 0 ? name : `${name}(${[...new Set(parts)].join(', ')})`;
}

function nameOf(op: string): string {
  return op.slice(op.indexOf('\u0000') + 1);
}
