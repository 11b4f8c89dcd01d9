import type { Node } from '@refold/ir';
import {
  type ConstRef,
  constant,
  no,
  op,
  product,
  type Query,
  type Rule,
  rule,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { viewNumber } from '../support/view.ts';
import { attentionLike, attentionParts, hasOtherResults } from './parts.ts';
import { scaleAttribute } from './scale.ts';

const scaled = product([
  value('x', { dtype: 'float', rank: { min: 3, max: 4 } }),
  constant('factor', { dtype: 'float', splat: true }),
]);

/** The attribute for the scale of a node times a number. */
function rescaled(node: Node, factor: ConstRef, q: Query): number | undefined | 'no' {
  const [queries] = node.inputs;
  const [scale, heads] = [viewNumber(node, 'scale'), viewNumber(node, 'qNumHeads')];
  const shape = queries && q.shape(queries);
  if (scale === undefined || !shape || typeof factor.splat !== 'number') return 'no';
  const width = shape.at(-1);
  const size = shape.length === 4 ? width : typeof width === 'number' && heads ? width / heads : undefined;
  return scaleAttribute(scale * factor.splat, size, q.dtype(queries));
}

const queries: Rule = rule({
  name: 'attn/scale.queries',
  doc: 'Attention(q * c, k, v) = Attention(q, k, v; scale * c), for a number c',
  match: op('Attention', [scaled], { extraInputs: 'allow' }),
  guard: (m, q) => (rescaled(m.$node, m.factor, q) === 'no' ? no('scale', 'factor') : yes),
  build: (m, b, q) => {
    const parts = attentionParts(m.$node);
    const scale = rescaled(m.$node, m.factor, q);
    return parts && scale !== 'no' ? attentionLike(m.$node, { ...parts, q: m.x }, { scale }, b) : undefined;
  },
  emits: [{ op: 'Attention', since: 23 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: [
    'torch.onnx: MultiheadAttention scales queries, scaled_dot_product_attention both sides by a root',
  ],
  traps: ['a factor for each head is not a number', 'a factor that something else reads too saves nothing'],
});

const keys: Rule = rule({
  name: 'attn/scale.keys',
  doc: 'Attention(q, k * c, v) = Attention(q, k, v; scale * c), for a number c',
  match: op('Attention', [value('q'), scaled], { extraInputs: 'allow' }),
  guard: (m, q) => {
    if (attentionParts(m.$node)?.pastKey || hasOtherResults(m.$node)) return no('keys-are-cached', 'x');
    return rescaled(m.$node, m.factor, q) === 'no' ? no('scale', 'factor') : yes;
  },
  build: (m, b, q) => {
    const parts = attentionParts(m.$node);
    const scale = rescaled(m.$node, m.factor, q);
    return parts && scale !== 'no' ? attentionLike(m.$node, { ...parts, k: m.x }, { scale }, b) : undefined;
  },
  emits: [{ op: 'Attention', since: 23 }],
  exactness: 'reassociate',
  benefit: 0.5,
  phase: 'fuse',
  exporters: ['torch.onnx: scaled_dot_product_attention'],
  traps: ['keys that go into a cache are stored with their factor'],
});

export const foldScale: Pass = rulePass({
  name: 'attn/scale',
  summary: 'take factors of queries and keys into the scale of Attention',
  rules: [queries, keys],
});
