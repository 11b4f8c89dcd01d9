import { type Tensor, tensorFloats, type Value } from '@refold/ir';
import {
  type ConstRef,
  constant,
  no,
  op,
  type Query,
  type Rule,
  rule,
  type Verdict,
  value,
  yes,
} from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { attentionLike, attentionParts } from './parts.ts';
import { isWhole } from './sizes.ts';

/** Constants of more elements are not read. */
const MAX_ELEMENTS = 1 << 22;

/** How many keys before and after its own place a query sees; undefined where that has no end. */
interface Window {
  readonly left: number | undefined;
  readonly right: number | undefined;
}

/** Masks are asked about again and again. */
const known: WeakMap<Tensor, Window | 'none'> = new WeakMap();

function windowOf(mask: Tensor): Window | undefined {
  const answer = known.get(mask) ?? bandOf(mask) ?? 'none';
  known.set(mask, answer);
  return answer === 'none' ? undefined : answer;
}

/** The band along the diagonal that a mask shows, where it hides exactly what lies outside and adds 0 inside. */
function bandOf(mask: Tensor): Window | undefined {
  const [rows, width] = [mask.dims.at(-2), mask.dims.at(-1)];
  if (!rows || !width || mask.size > MAX_ELEMENTS) return undefined;
  const isBool = mask.dtype === 'bool';
  const elements = tensorFloats(mask);
  const shows = (i: number): boolean => (isBool ? elements[i] !== 0 : elements[i] === 0);
  let [last, first] = [0, 0];
  while (last + 1 < width && shows(last + 1)) last += 1;
  while (first < width && !shows((rows - 1) * width + first)) first += 1;
  // A row that reaches the end, or the beginning, does not tell where the band ends.
  const right = last + 1 < width ? last : undefined;
  const left = first > 0 && first < rows ? rows - 1 - first : undefined;
  for (let i = 0; i < elements.length; i += 1) {
    const distance = (i % width) - (Math.floor(i / width) % rows);
    const isInside = distance <= (right ?? width) && -distance <= (left ?? rows);
    const isRight = isInside ? shows(i) : isBool ? !shows(i) : elements[i] === Number.NEGATIVE_INFINITY;
    if (!isRight) return undefined;
  }
  return { left, right };
}

interface Parts {
  readonly q: Value;
  readonly k: Value;
  readonly mask: ConstRef;
}

/** Whether a mask has a row for each query and a column for each key, and is a band that ends below the diagonal. */
function isBand(m: Parts, q: Query): Verdict {
  const { value: mask } = m.mask;
  if (!mask || !isWhole({ q: m.q, k: m.k, mask }, q)) return no('mask-size', 'mask');
  // Without an end on the left it is causal, or hides nothing.
  return windowOf(m.mask.tensor)?.left === undefined ? no('mask-not-a-window', 'mask') : yes;
}

const window: Rule = rule({
  name: 'attn/window',
  doc: 'Attention(q, k, v, mask) = Attention(q, k, v; left and right window), where the mask shows a band along the diagonal',
  match: op('Attention', [value('q'), value('k'), value('v'), constant('mask')], {
    params: { isCausal: false, leftWindowSize: { absent: true }, rightWindowSize: { absent: true } },
    extraInputs: 'allow',
  }),
  guard: (m, q) => {
    const parts = attentionParts(m.$node);
    // With keys of the past the diagonal lies elsewhere.
    return parts?.pastKey || parts?.lengths ? no('keys-are-cached', 'k') : isBand(m, q);
  },
  build: (m, b) => {
    const [parts, band] = [attentionParts(m.$node), windowOf(m.mask.tensor)];
    if (!parts || !band) return undefined;
    const { left = -1, right = -1 } = band;
    const sizes = { left_window_size: left, right_window_size: right };
    return attentionLike(m.$node, { ...parts, mask: undefined }, sizes, b);
  },
  emits: [{ op: 'Attention', since: 25 }],
  exactness: 'exact',
  phase: 'fuse',
  benefit: 1.5,
  keep: 'allowed',
  decreases: 'masks',
  exporters: ['transformers: Mistral, Gemma'],
  traps: [
    'a diagonal that is shifted, as with keys of the past',
    'finite numbers outside of the band are a bias',
    'a query that sees no key at all',
  ],
});

export const windowConstant: Pass = passOf(
  window,
  'say that attention is local instead of giving it a mask in the shape of a band',
);
