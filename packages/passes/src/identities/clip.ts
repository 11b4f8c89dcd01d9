import { type DType, isFloat, type Node, tensorOf, type Value } from '@refold/ir';
import type { Builder, Query } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { constantFloats, dtypeOf, shapeOf, splatOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf } from '../support/view.ts';
import { type Bounds, clipBounds } from './clip-bounds.ts';

const emits = [{ op: 'Clip', since: 6 }];

/** Clip with given bounds, in the form that the opset has: attributes up to 10, operands from 11 on. */
function clip(b: Builder, q: Query, x: Value, { lo, hi }: Bounds, dtype: DType): Value {
  if (q.opset < 11) {
    if (dtype !== 'float32' && dtype !== 'float64' && dtype !== 'float16')
      return b.fail('type-before-opset-11');
    return b.node('Clip', [x], {
      ...(lo === undefined ? {} : { min: lo }),
      ...(hi === undefined ? {} : { max: hi }),
    });
  }
  if (q.opset < 12 && !isFloat(dtype)) return b.fail('type-before-opset-12');
  const bound = (v: number | undefined, hint: string): Value | undefined =>
    v === undefined ? undefined : b.constant(tensorOf(dtype, [], [v]), hint);
  return b.node('Clip', [x, bound(lo, 'clip_min'), bound(hi, 'clip_max')]);
}

/** min(max(v, lo), hi) with absent bounds. */
function clamp(v: number, { lo, hi }: Bounds): number {
  return Math.min(Math.max(v, lo ?? Number.NEGATIVE_INFINITY), hi ?? Number.POSITIVE_INFINITY);
}

/** The bounds of one clip after another; both must be in order. */
function compose(first: Bounds, second: Bounds): Bounds | undefined {
  for (const { lo, hi } of [first, second])
    if (lo !== undefined && hi !== undefined && !(lo <= hi)) return undefined;
  const lo = clamp(first.lo ?? Number.NEGATIVE_INFINITY, second);
  const hi = clamp(first.hi ?? Number.POSITIVE_INFINITY, second);
  return {
    lo: lo === Number.NEGATIVE_INFINITY ? undefined : lo,
    hi: hi === Number.POSITIVE_INFINITY ? undefined : hi,
  };
}

/** A node as a clip, Relu being one at 0. */
function asClip(node: Node): Bounds | undefined {
  if (node.is('Relu')) return { lo: 0, hi: undefined };
  return clipBounds(node);
}

/** Clip(Clip(x, a, b), c, d) = Clip(x, ...) where either may be Relu. */
const chain = nodeRule({
  name: 'identities/clip.chain',
  doc: 'Clip(Clip(x, a, b), c, d) = Clip(x, min(max(a, c), d), min(max(b, c), d)); Relu(x) = Clip(x, 0)',
  ops: ['Clip', 'Relu'],
  over: ['Clip', 'Relu'],
  exactness: 'exact',
  emits,
  rewrite: (node, b, q) => {
    const inner = producerOf(node.inputs[0], 'Clip', 'Relu');
    const x = inner?.inputs[0];
    if (!inner || !x || (inner.is('Relu') && node.is('Relu'))) return undefined;
    const first = asClip(inner);
    const second = asClip(node);
    const dtype = dtypeOf(x);
    if (!first || !second || !dtype) return b.fail('bounds-not-constant');
    const both = compose(first, second);
    if (!both) return b.fail('bounds-crossed');
    return clip(b, q, x, both, dtype);
  },
});

/** Clip without bounds, and Relu of what is no smaller than 0 by its type, change nothing. */
const unbounded = nodeRule({
  name: 'identities/clip.unbounded',
  doc: 'Clip(x) = x',
  ops: 'Clip',
  exactness: 'exact',
  rewrite: (node) => {
    const bounds = clipBounds(node);
    return bounds && bounds.lo === undefined && bounds.hi === undefined ? node.inputs[0] : undefined;
  },
});

/** A scalar bound of Max or Min: one element that does not raise the rank of the other operand. */
function bound(node: Node): { x: Value; at: number } | undefined {
  if (node.inputs.length !== 2) return undefined;
  for (const side of [1, 0]) {
    const constant = node.inputs[side];
    const x = node.inputs[1 - side];
    const at = splatOf(constant);
    const rank = shapeOf(x)?.length;
    if (!x || at === undefined || Number.isNaN(at) || rank === undefined) continue;
    if (constantFloats(constant)?.length === 1 && (shapeOf(constant)?.length ?? 0) <= rank) return { x, at };
  }
  return undefined;
}

/** Min(Max(x, lo), hi) = Clip(x, lo, hi) = Max(Min(x, hi), lo), for lo <= hi. */
const maxMin = nodeRule({
  name: 'identities/clip.max-min',
  doc: 'Min(Max(x, lo), hi) = Max(Min(x, hi), lo) = Clip(x, lo, hi) for lo <= hi',
  ops: ['Max', 'Min'],
  over: ['Max', 'Min'],
  exactness: 'exact',
  emits,
  rewrite: (node, b, q) => {
    const outer = bound(node);
    const inner = outer && producerOf(outer.x, node.is('Max') ? 'Min' : 'Max');
    const within = inner && bound(inner);
    const dtype = dtypeOf(node.outputs[0]);
    if (!outer || !within || !dtype) return undefined;
    const [lo, hi] = node.is('Max') ? [outer.at, within.at] : [within.at, outer.at];
    if (!(lo <= hi)) return b.fail('bounds-crossed');
    return clip(b, q, within.x, { lo, hi }, dtype);
  },
});

export const mergeClips: Pass = rulePass({
  name: 'identities/clip',
  summary: 'merge Clip, Relu, Max and Min with constant bounds',
  rules: [unbounded, chain, maxMin],
});
