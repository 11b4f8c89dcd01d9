import { type Shape, sameDim } from '@refold/ir';
import { commutative, no, op, type Rule, rule, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';

/** [B, H, L, D]. */
const x = value('x', { dtype: 'float', rank: 4 });

const half = { dims: ['_', '_', '_', 'half'] } as const;
const first = op('Split', [x], { params: { axis: -1 }, output: 0, test: half });
const second = op('Split', [x], { params: { axis: -1 }, output: 1, test: half });

/** (-second half, first half). */
const turned = op('Concat', [op('Neg', [second]), first], { params: { axis: -1 } });

/** A function of the angles [B, L, D / 2], which both halves share, for all heads: [B, 1, L, D]. */
const forHeads = (fn: 'Cos' | 'Sin') =>
  op('Unsqueeze', [op(fn, [op('Concat', ['angles', 'angles'], { params: { axis: -1 } })])], {
    params: { axes: [1] },
  });

/** Whether the angles are those of every sample and position: RotaryEmbedding does not broadcast them. */
function fits(angles: Shape | undefined, of: Shape | undefined): boolean {
  const size = of?.[3];
  if (angles?.length !== 3 || !of || typeof size !== 'number') return false;
  const wanted = [of[0], of[2], size / 2];
  return wanted.every((d, i) => sameDim(angles[i] ?? 0, d ?? 0) === 'yes');
}

const halves: Rule = rule({
  name: 'fold-back/rotary',
  doc: 'x * cos + (-x2, x1) * sin = RotaryEmbedding(x, cos, sin), for the halves x1 and x2 of x and angles that both share',
  match: commutative('Add', [
    commutative('Mul', [x, forHeads('Cos')]),
    commutative('Mul', [turned, forHeads('Sin')]),
  ]),
  guard: (m, q) => (fits(q.shape(m.angles), q.shape(m.x)) ? yes : no('angles-may-broadcast', 'angles')),
  build: (m, b) => b.node('RotaryEmbedding', [m.x, b.node('Cos', [m.angles]), b.node('Sin', [m.angles])]),
  emits: [
    { op: 'RotaryEmbedding', since: 23 },
    { op: 'Cos', since: 7 },
    { op: 'Sin', since: 7 },
  ],
  exactness: 'reassociate',
  phase: 'fuse',
});

export const foldRotary: Pass = rulePass({
  name: 'fold-back/rotary',
  summary: 'fold decomposed rotary embeddings back',
  rules: [halves],
});
