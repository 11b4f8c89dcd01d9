import { type DType, isFloat, type Node, tensorOf, type Value } from '@refold/ir';
import {
  type Builder,
  commutative,
  constant,
  named,
  no,
  oneOf,
  op,
  type Query,
  type Rule,
  rule,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { REMOVAL } from '../support/benefit.ts';
import { type Bounds, clipBounds } from './clip-bounds.ts';

const emits = [{ op: 'Clip', since: 6 }];

/** Clip with given bounds, in the form that the opset has: attributes up to 10, operands from 11 on. */
function clip(b: Builder, q: Query, x: Value, { lo, hi }: Bounds, dtype: DType): Value {
  if (q.opset < 11) {
    if (dtype !== 'float32' && dtype !== 'float64' && dtype !== 'float16')
      return b.fail('type-before-opset-11');
    // Attributes are float32.
    if ([lo, hi].some((v) => v !== undefined && Math.fround(v) !== v)) return b.fail('bound-not-float32');
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
  return node.is('Relu') ? { lo: 0, hi: undefined } : clipBounds(node);
}

const before = named('inner', op('Clip', ['x'], { extraInputs: 'allow' }));

/** Clip(Clip(x, a, b), c, d) = Clip(x, ...) where either may be Relu. */
const chain: Rule = rule({
  name: 'identities/clip.chain',
  doc: 'Clip(Clip(x, a, b), c, d) = Clip(x, min(max(a, c), d), min(max(b, c), d)); Relu(x) = Clip(x, 0)',
  match: oneOf('form', {
    clips: op('Clip', [before], { extraInputs: 'allow' }),
    reluLast: op('Relu', [before]),
    reluFirst: op('Clip', [named('inner', op('Relu', ['x']))], { extraInputs: 'allow' }),
  }),
  guard: (m, q) => {
    const [first, second] = [asClip(m.inner), asClip(m.$node)];
    if (!first || !second || !q.dtype(m.x)) return no('bounds-not-constant');
    return compose(first, second) ? yes : no('bounds-crossed');
  },
  build: (m, b, q) => {
    const [first, second] = [asClip(m.inner), asClip(m.$node)];
    const both = first && second && compose(first, second);
    const dtype = q.dtype(m.x);
    return both && dtype && clip(b, q, m.x, both, dtype);
  },
  emits,
  exactness: 'exact',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
  exporters: ['quantized networks: Relu6 after Relu'],
  traps: ['bounds that are crossed have a meaning of their own', 'a bound that is NaN, or not constant'],
  instances: [
    ...[
      { lo: -1, hi: 6 },
      { lo: -4, hi: 0.5 },
    ].map(({ lo, hi }) => ({ values: { min: lo, max: hi }, dtype: 'float32' as const })),
  ],
});

/** Clip without bounds. */
const unbounded: Rule = rule({
  name: 'identities/clip.unbounded',
  doc: 'Clip(x) = x',
  match: op('Clip', ['x'], { params: { hasMin: false, hasMax: false } }),
  build: (m) => m.x,
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  benefit: REMOVAL,
  traps: ['up to opset 10, the defaults clip infinities'],
  instances: [{ dtype: 'float32', opset: 11 }],
});

const bound = { splat: true } as const;

/** Min(Max(x, lo), hi) = Clip(x, lo, hi) = Max(Min(x, hi), lo), for lo <= hi. */
const maxMin: Rule = rule({
  name: 'identities/clip.max-min',
  doc: 'Min(Max(x, lo), hi) = Max(Min(x, hi), lo) = Clip(x, lo, hi) for lo <= hi',
  match: oneOf('form', {
    maxFirst: commutative('Min', [commutative('Max', ['x', constant('lo', bound)]), constant('hi', bound)]),
    minFirst: commutative('Max', [commutative('Min', ['x', constant('hi', bound)]), constant('lo', bound)]),
  }),
  guard: ({ x, lo, hi }, q) => {
    const rank = q.rank(x);
    const isScalar = [lo, hi].every((c) => c.size === 1 && rank !== undefined && c.rank <= rank);
    if (!isScalar || !q.dtype(x)) return no('bounds-not-scalar');
    return Number(lo.splat) <= Number(hi.splat) ? yes : no('bounds-crossed');
  },
  build: (m, b, q) => {
    const dtype = q.dtype(m.x);
    return dtype && clip(b, q, m.x, { lo: Number(m.lo.splat), hi: Number(m.hi.splat) }, dtype);
  },
  emits,
  exactness: 'exact',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
  traps: ['bounds that are crossed', 'bounds of several elements, or that widen x'],
});

export const mergeClips: Pass = rulePass({
  name: 'identities/clip',
  summary: 'merge Clip, Relu, Max and Min with constant bounds',
  rules: [unbounded, chain, maxMin],
});
