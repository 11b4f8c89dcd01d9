import { type Shape, sameDim, type Value } from '@refold/ir';
import {
  type Builder,
  type ConstRef,
  commutative,
  constant,
  no,
  oneOf,
  op,
  optional,
  type Query,
  type Rule,
  rule,
  type Verdict,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';

const query = value('q', { dtype: 'float', rank: 4 });
const keys = value('k', { rank: 4 });

/** Keys [B, H, S, D], or [B, S, H, D] as they come from splitting heads, with S and D for a product. */
const turned = oneOf('keys', {
  heads: op('Transpose', [keys], { params: { perm: [0, 1, 3, 2] } }),
  lengths: op('Transpose', [keys], { params: { perm: [0, 2, 3, 1] } }),
});

/** A factor of all scores. */
const factor = constant('factor', { dtype: 'float', splat: true });
const other = constant('other', { dtype: 'float', splat: true });

const scores = oneOf('scaling', {
  product: commutative('Mul', [op('MatMul', [query, turned]), factor]),
  quotient: op('Div', [op('MatMul', [query, turned]), factor]),
  both: op('MatMul', [commutative('Mul', [query, factor]), commutative('Mul', [turned, other])]),
  queries: op('MatMul', [commutative('Mul', [query, factor]), turned]),
  queriesDivided: op('MatMul', [op('Div', [query, factor]), turned]),
  none: op('MatMul', [query, turned]),
});

type Scaling = 'product' | 'quotient' | 'both' | 'queries' | 'queriesDivided' | 'none';

/** What the scores are multiplied by; undefined when it is no ordinary number. */
function scaleOf(scaling: Scaling, factors: readonly (ConstRef | undefined)[]): number | undefined {
  const [a, b] = factors.map((f) => (typeof f?.splat === 'number' ? f.splat : Number.NaN));
  const scale = scaled(scaling, a ?? Number.NaN, b ?? Number.NaN);
  return scale !== 0 && Number.isFinite(scale) ? scale : undefined;
}

function scaled(scaling: Scaling, a: number, b: number): number {
  if (scaling === 'none') return 1;
  if (scaling === 'both') return a * b;
  return scaling === 'quotient' || scaling === 'queriesDivided' ? 1 / a : a;
}

/** Batch, heads, length and size of an operand [B, H, L, D]; of [B, L, H, D] where `swapped`. */
function headsFirst(shape: Shape | undefined, swapped: boolean): Shape | undefined {
  const [batch, second, third, size] = shape ?? [];
  if (batch === undefined || second === undefined || third === undefined || size === undefined)
    return undefined;
  return swapped ? [batch, third, second, size] : [batch, second, third, size];
}

/** Attention does not broadcast: batches and heads must be equal, and the mask must have every query and key. */
function check(q: Shape, k: Shape, v: Shape, mask: Shape | undefined): Verdict {
  const agree = (a: Shape, b: Shape, ...axes: readonly number[]): boolean =>
    axes.every((i) => sameDim(a.at(i) ?? 0, b.at(i) ?? 0) === 'yes');
  if (!agree(q, k, 0, 1, 3) || !agree(k, v, 0, 1, 2)) return no('sizes-may-broadcast');
  if (!mask) return yes;
  if (mask.length !== 2 && mask.length !== 4) return no('mask-rank', 'mask');
  if (!agree(mask, [1, 1, q[2] ?? 0, k[2] ?? 0], -1, -2)) return no('mask-size', 'mask');
  const fits = mask.slice(0, -2).every((d, i) => d === 1 || sameDim(d, q[i] ?? 0) === 'yes');
  return fits ? yes : no('mask-widens', 'mask');
}

interface Parts {
  readonly q: Value;
  readonly k: Value;
  readonly v: Value;
  readonly mask?: Value | undefined;
  readonly keys: 'heads' | 'lengths';
}

function checkShapes(m: Parts, query: Query): Verdict {
  const q = query.shape(m.q);
  const k = headsFirst(query.shape(m.k), m.keys === 'lengths');
  const v = query.shape(m.v);
  const mask = m.mask && query.shape(m.mask);
  if (!q || !k || !v || (m.mask && !mask)) return no('shape-unknown');
  if (m.mask && query.dtype(m.mask) !== query.dtype(m.q)) return no('mask-type', 'mask');
  return check(q, k, v, mask);
}

function attention(m: Parts, scale: number, b: Builder): Value {
  const k = m.keys === 'lengths' ? b.node('Transpose', [m.k], { perm: [0, 2, 1, 3] }) : m.k;
  return b.node('Attention', [m.q, k, m.v, m.mask], { scale });
}

const sdpa: Rule = rule({
  name: 'fold-back/attention',
  doc: 'MatMul(Softmax(MatMul(q, Transpose(k)) * scale + mask), v) = Attention(q, k, v, mask)',
  match: op('MatMul', [
    op(
      'Softmax',
      [optional('hasMask', scores, (s) => commutative('Add', [s, value('mask', { dtype: 'float' })]))],
      { params: { axis: -1 } },
    ),
    value('v', { rank: 4 }),
  ]),
  guard: (m, q) => {
    const scale = scaleOf(m.scaling, [m.factor, m.other]);
    return scale === undefined ? no('scale', 'factor') : checkShapes(m, q);
  },
  build: (m, b) => attention(m, scaleOf(m.scaling, [m.factor, m.other]) ?? 1, b),
  emits: [
    { op: 'Attention', since: 23 },
    { op: 'Transpose', since: 1 },
  ],
  exactness: 'reassociate',
  phase: 'fuse',
});

export const foldAttention: Pass = rulePass({
  name: 'fold-back/attention',
  summary: 'fold decomposed scaled dot-product attention back',
  rules: [sdpa],
});
