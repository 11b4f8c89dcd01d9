import { isFloat } from '@refold/ir';
import { type NdArray, type NdValue, reals } from '@refold/runtime';
import { boundsFor, type Subject } from './bounds.ts';
import type { DifferingElement } from './disagreement.ts';

export interface Mismatch {
  readonly reason: string;
  readonly elements: readonly DifferingElement[];
}

/** How a result of the other engine differs from ours by more than the bound of the node; undefined if it does not. */
export function mismatchOf(
  ours: NdValue | undefined,
  theirs: NdValue | undefined,
  subject: Omit<Subject, 'ours'>,
): Mismatch | undefined {
  if (!ours || !theirs) return whole(`${ours ? 'theirs' : 'ours'} is missing`);
  if (ours.kind === 'sequence' && theirs.kind === 'sequence') {
    if (ours.items.length !== theirs.items.length)
      return whole(`${ours.items.length} items, theirs has ${theirs.items.length}`);
    for (const [i, item] of ours.items.entries()) {
      const inner = mismatchOf(item, theirs.items[i], subject);
      if (inner) return { ...inner, reason: `item ${i}: ${inner.reason}` };
    }
    return undefined;
  }
  if (ours.kind !== 'tensor' || theirs.kind !== 'tensor') return whole('values of other kinds');
  if (ours.dtype !== theirs.dtype) return whole(`${ours.dtype}, theirs is ${theirs.dtype}`);
  if (ours.dims.join() !== theirs.dims.join())
    return whole(`shape [${ours.dims}], theirs is [${theirs.dims}]`);
  const elements = isFloat(ours.dtype)
    ? differingFloats(ours, theirs, { ...subject, ours })
    : differing(ours, theirs);
  const [first] = elements;
  if (!first) return undefined;
  const reason = `${elements.length} of ${ours.size} elements, the first at ${first.at}: ${shown(first.ours)}, theirs is ${shown(first.theirs)}`;
  return { reason, elements };
}

const whole = (reason: string): Mismatch => ({ reason, elements: [] });

const shown = (x: number | bigint | string): string => (Object.is(x, -0) ? '-0' : String(x));

function differing(ours: NdArray, theirs: NdArray): readonly DifferingElement[] {
  const out: DifferingElement[] = [];
  const same = (a: unknown, b: unknown): boolean =>
    a === b || (typeof a === 'number' && Number.isNaN(a) && Number.isNaN(b));
  for (let at = 0; at < ours.data.length; at += 1) {
    const [a = 0, b = 0] = [ours.data[at], theirs.data[at]];
    if (!same(a, b)) out.push({ at, ours: a, theirs: b });
  }
  return out;
}

function differingFloats(ours: NdArray, theirs: NdArray, subject: Subject): readonly DifferingElement[] {
  const [a, b] = [reals(ours), reals(theirs)];
  const out: DifferingElement[] = [];
  let bounds: Float64Array | undefined;
  for (let at = 0; at < a.length; at += 1) {
    const [x, y] = [a[at] as number, b[at] as number];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    bounds ??= boundsFor(subject) ?? new Float64Array(a.length);
    const bound = bounds[at] ?? 0;
    // Nothing is known of what intermediate results overflow.
    if (bound === Number.POSITIVE_INFINITY || Number.isNaN(bound)) continue;
    if (Math.abs(x - y) <= bound) continue;
    out.push({ at, ours: x, theirs: y });
  }
  return out;
}
