import { dtypeOf, type Tensor, tensorFloats, type Value } from '@refold/ir';
import { constantOf, no, op, type Rule, rule, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { isAboveDiagonal } from './bounds.ts';
import { attentionLike, attentionParts } from './parts.ts';
import { isWhole } from './sizes.ts';

/** Constants of more elements are not read. */
const MAX_ELEMENTS = 1 << 22;

/** Masks are asked about again and again. */
const known: WeakMap<Tensor, boolean> = new WeakMap();

function isCausalConstant(mask: Value): boolean {
  const tensor = constantOf(mask);
  if (!tensor) return false;
  const answer = known.get(tensor) ?? isTriangle(tensor);
  known.set(tensor, answer);
  return answer;
}

/** Whether each matrix hides exactly what lies above the diagonal, and adds 0 elsewhere. */
function isTriangle(tensor: Tensor): boolean {
  const [rows, width] = [tensor.dims.at(-2), tensor.dims.at(-1)];
  if (!rows || !width || tensor.size > MAX_ELEMENTS) return false;
  const isBool = tensor.dtype === 'bool';
  const elements = tensorFloats(tensor);
  for (let i = 0; i < elements.length; i += 1) {
    const hidden = i % width > Math.floor(i / width) % rows;
    const x = elements[i];
    if (isBool ? (x !== 0) === hidden : x !== (hidden ? Number.NEGATIVE_INFINITY : 0)) return false;
  }
  return true;
}

const causal: Rule = rule({
  name: 'attn/causal-const',
  doc: 'Attention(q, k, v, mask) = Attention(q, k, v; is_causal = 1), where the mask hides what lies above the diagonal',
  match: op('Attention', [value('q'), value('k'), value('v'), value('mask', { rank: { min: 2 } })], {
    params: { isCausal: false },
    extraInputs: 'allow',
  }),
  guard: (m, q) => {
    const parts = attentionParts(m.$node);
    if (!isWhole(m, q)) return no('mask-size', 'mask');
    // With keys of the past the diagonal lies elsewhere.
    if (parts?.pastKey || parts?.lengths) return no('keys-are-cached', 'k');
    const isTrilu = dtypeOf(m.mask) !== 'bool' && isAboveDiagonal(m.mask);
    return isTrilu || isCausalConstant(m.mask) ? yes : no('mask-not-causal', 'mask');
  },
  build: (m, b) => {
    const parts = attentionParts(m.$node);
    return parts && attentionLike(m.$node, { ...parts, mask: undefined }, { is_causal: 1 }, b);
  },
  emits: [{ op: 'Attention', since: 23 }],
  exactness: 'exact',
  benefit: 2,
  phase: 'fuse',
  keep: 'allowed',
  decreases: 'masks',
  exporters: ['torch.onnx: scaled_dot_product_attention with is_causal'],
  traps: [
    'a diagonal that is shifted, as with keys of the past, or a band below it',
    'finite numbers above the diagonal are a bias',
  ],
});

export const causalConstant: Pass = rulePass({
  name: 'attn/causal-const',
  summary: 'say that attention is causal instead of giving it a triangular mask',
  rules: [causal],
});
