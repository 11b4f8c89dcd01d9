import type { DType, Shape, Value } from '@refold/ir';
import { type Builder, type ConstRef, no, type Query, type Verdict, yes } from '@refold/matcher';
import { boundsOf, leavesKeys, overflows } from './bounds.ts';
import { scaleAttribute } from './scale.ts';
import type { Scores } from './scores.ts';
import { keySizes, maskFits, mayBeTurned, sizesAgree } from './sizes.ts';

/** What is known of a match: all of attention but for the output. */
export interface Core extends Scores {
  /** [B, H, S, E]. */
  readonly v: Value;
}

/** The product of the factors of the scores, without the cap. */
function scaleOf(m: Scores): number {
  return splatOr1(m.factor) * splatOr1(m.keyFactor);
}

function splatOr1(c: ConstRef | undefined): number {
  if (!c) return 1;
  return typeof c.splat === 'number' ? c.splat : Number.NaN;
}

/** The attributes of scale and cap; undefined where they cannot say the numbers. */
export function scaleAttributes(
  m: Core,
  q: Query,
): { readonly scale?: number; readonly softcap?: number } | undefined {
  const cap = m.softcap ? splatOr1(m.softcap) : undefined;
  const size = q.shape(m.q)?.at(-1);
  // Tanh(s * f) * cap is cap * Tanh((s * f * cap) / cap).
  const scale = scaleAttribute(scaleOf(m) * (cap ?? 1), size, q.dtype(m.q));
  if (scale === 'no' || (cap !== undefined && !(Math.fround(cap) === cap && cap > 0))) return undefined;
  return { ...(scale === undefined ? {} : { scale }), ...(cap === undefined ? {} : { softcap: cap }) };
}

/** What fills hidden scores: what is weighed 0 beside any other score, or an infinity. */
function isHiding(fill: ConstRef, dtype: DType | undefined): 'infinite' | 'lowest' | 'no' {
  if (fill.splat === Number.NEGATIVE_INFINITY) return 'infinite';
  const lowest = dtype && lowestOf.get(dtype);
  return lowest !== undefined && fill.splat === lowest ? 'lowest' : 'no';
}

/** The lowest numbers, where scores vanish beside them: adding them is writing them. Not so for float16. */
const lowestOf: ReadonlyMap<DType, number> = new Map([
  ['float32', -(2 ** 128 - 2 ** 104)],
  ['float64', -Number.MAX_VALUE],
  ['bfloat16', -(2 ** 128 - 2 ** 120)],
]);

/** Whether each query provably sees a key, or the source says itself what becomes of those that see none. */
export function isLive(m: Core, q: Query): boolean {
  if (m.guard !== 'none') return true;
  const dtype = q.dtype(m.q);
  const masks = m.masks ?? [];
  const open = masks.filter((mask) => boundsOf(mask).lo === Number.NEGATIVE_INFINITY);
  const finite = masks.filter((mask) => !open.includes(mask));
  const lowest = finite.reduce((sum, mask) => sum + boundsOf(mask).lo, 0);
  // Numbers at the end of the range add up to an infinity.
  if (overflows(lowest, dtype)) return false;
  // Engines take a row of nothing but lowest numbers for one without keys, where the text says an average.
  if (m.fill && isHiding(m.fill, dtype) !== 'no') {
    return open.length === 0 && m.kept !== undefined && leavesKeys(m.kept);
  }
  return open.length === 0 || (open.length === 1 && open.every(leavesKeys));
}

function checkMasks(m: Core, q: Query, scores: Shape): Verdict {
  const dtype = q.dtype(m.q);
  for (const mask of m.masks ?? []) {
    if (q.dtype(mask) !== dtype) return no('mask-type', 'masks');
    const verdict = maskFits(mask, scores, q);
    if (!verdict.ok) return verdict;
  }
  // Scores that one condition hides, and weights that another one zeroes.
  if (m.kept && m.dropped) return no('weights-change', 'guard');
  const hidden = m.kept ?? m.dropped;
  if (hidden && m.fill) {
    if (isHiding(m.fill, dtype) === 'no') return no('fill', 'fill');
    return maskFits(hidden, scores, q);
  }
  // Weights that are zeroed afterwards only are no longer a Softmax.
  return hidden ? no('weights-change', 'guard') : yes;
}

export function checkCore(
  m: Core,
  q: Query,
  scores: readonly [Shape | undefined, Shape | undefined, Shape | undefined],
): Verdict {
  const [query, keys, values] = scores;
  if (!query || !keys || !values) return no('shape-unknown');
  if (!sizesAgree(query, keys, values)) return no('sizes-may-broadcast');
  if (m.keys === 'turned' && mayBeTurned(m.k)) return no('keys-unclear', 'k');
  const dtype = q.dtype(m.q);
  if (dtype !== q.dtype(m.v) || dtype !== q.dtype(m.k)) return no('types-differ');
  if (scaleAttributes(m, q) === undefined) return no('scale', 'factor');
  if (m.rows) {
    const rows = q.shape(m.rows);
    if (rows?.at(-1) !== 1 || q.broadcastsTo(m.rows, m.q) !== 'yes') return no('scale-widens', 'rows');
    if (m.softcap) return no('scale', 'rows');
  }
  return checkMasks(m, q, [...query.slice(0, -1), keys.at(-2) ?? 0]);
}

/** The shapes of q, k by head, and v. */
export function shapesOf(
  m: Core,
  q: Query,
): readonly [Shape | undefined, Shape | undefined, Shape | undefined] {
  return [q.shape(m.q), keySizes(q.shape(m.k), m.keys), q.shape(m.v)];
}

/** What is added to the scores, or says which of them count; undefined when there is none. */
export function maskOf(m: Core, b: Builder, q: Query): Value | undefined {
  const [first, ...others] = m.masks ?? [];
  const added = others.reduce<Value | undefined>((all, mask) => all && b.node('Add', [all, mask]), first);
  const hidden = m.kept ?? m.dropped;
  const dtype = q.dtype(m.q);
  if (!hidden || !m.fill || !dtype) return added;
  const infinite = isHiding(m.fill, dtype) === 'infinite' || m.guard === 'kept' || m.guard === 'dropped';
  if (!added && infinite) return m.kept ?? b.node('Not', [hidden]);
  const [shown, fill] = [
    added ?? b.constant(0, dtype),
    b.constant(infinite ? Number.NEGATIVE_INFINITY : Number(m.fill.splat), dtype),
  ];
  return b.node('Where', m.kept ? [hidden, shown, fill] : [hidden, fill, shown]);
}

/** The attribute for a Softmax that runs in a type of its own. */
export function precisionOf(m: Core, q: Query): number | undefined {
  const [weights] = m.softmax.outputs;
  const dtype = weights && q.dtype(weights);
  return dtype === undefined || dtype === q.dtype(m.q) ? undefined : precisions.get(dtype);
}

const precisions: ReadonlyMap<DType, number> = new Map([
  ['float32', 1],
  ['float16', 10],
  ['float64', 11],
  ['bfloat16', 16],
]);
