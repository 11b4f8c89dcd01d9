import type { Value } from '@refold/ir';
import {
  type Builder,
  commutative,
  named,
  no,
  op,
  type Query,
  type Rule,
  reshaped,
  rule,
  type Verdict,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { boundsOf, overflows } from './bounds.ts';
import { type Core, checkCore, precisionOf, scaleAttributes, shapesOf } from './core.ts';
import { biasedScores, type Masked } from './scores.ts';
import { isSame, keysByHead } from './sizes.ts';

/** Scores [B * W, H, L, S] of W windows in each sample, and a mask [W, 1, L, S] that is the same for all samples. */
const masked = reshaped(
  'B W H L S -> (B W) H L S',
  commutative('Add', [reshaped('(B W) H L S -> B W H L S', biasedScores), value('windows', { rank: 5 })]),
);

interface Windowed extends Masked {
  readonly v: Value;
  readonly windows: Value;
  readonly softmax: Core['softmax'];
}

interface Sizes {
  readonly windows: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
}

/** The numbers that the shapes are made of; undefined when one is not known. */
function sizesOf(q: Query): Sizes | undefined {
  const [windows, heads, queries, keys] = ['W', 'H', 'L', 'S'].map((name) => q.dim(name));
  const known = [windows, heads, queries, keys].every((d) => typeof d === 'number' && d > 0);
  return known
    ? { windows: Number(windows), heads: Number(heads), queries: Number(queries), keys: Number(keys) }
    : undefined;
}

const coreOf = (m: Windowed): Core => ({ ...m, guard: 'none', precision: 'own' });

function check(m: Windowed, q: Query): Verdict {
  const sizes = sizesOf(q);
  if (!sizes) return no('size-unknown', 'windows');
  const core = coreOf(m);
  const verdict = checkCore(core, q, shapesOf(core, q));
  if (!verdict.ok) return verdict;
  const mask = q.shape(m.windows);
  const wanted = [1, sizes.windows, 1, sizes.queries, sizes.keys];
  if (!wanted.every((d, i) => isSame(mask?.[i], d))) return no('mask-size', 'windows');
  const biases = m.masks ?? [];
  const whole = [1, sizes.heads, sizes.queries, sizes.keys];
  const fits = biases.every((x) => wholeFrom(q.shape(x) ?? [], whole));
  if (biases.length === 0 || !fits) return no('bias-size', 'masks');
  const lowest = [m.windows, ...biases].reduce((sum, x) => sum + boundsOf(x).lo, 0);
  if (!Number.isFinite(lowest) || overflows(lowest, q.dtype(m.q))) return no('no-key-may-be-seen', 'windows');
  return sizeOf(m.q, q) && sizeOf(m.v, q) ? yes : no('size-unknown', 'q');
}

function wholeFrom(shape: readonly unknown[], whole: readonly number[]): boolean {
  const shift = whole.length - shape.length;
  return shift >= 0 && shift <= 1 && shape.every((d, i) => d === whole[i + shift]);
}

function sizeOf(x: Value, q: Query): number | undefined {
  const size = q.shape(x)?.[3];
  return typeof size === 'number' && size > 0 ? size : undefined;
}

/** Windows are taken for heads, so that they can have masks of their own. */
function build(m: Windowed, b: Builder, q: Query): Value | undefined {
  const sizes = sizesOf(q);
  if (!sizes) return undefined;
  const { windows, heads, queries, keys } = sizes;
  const all = windows * heads;
  const flat = (x: Value, length: number): Value =>
    b.node('Reshape', [x, b.ints([-1, all, length, sizeOf(x, q) ?? 0])]);
  const masks = (m.masks ?? []).reduce(
    (sum, bias) => b.node('Add', [sum, bias]),
    b.node('Reshape', [m.windows, b.ints([windows, 1, queries, keys])]),
  );
  const mask = b.node('Reshape', [masks, b.ints([1, all, queries, keys])]);
  const query = m.rows ? b.node('Mul', [m.q, m.rows]) : m.q;
  const operands = [flat(query, queries), flat(keysByHead(m.k, m.keys, b), keys), flat(m.v, keys), mask];
  const y = b.node('Attention', operands, {
    ...scaleAttributes(coreOf(m), q),
    softmax_precision: precisionOf(coreOf(m), q),
  });
  return b.node('Reshape', [y, b.ints([-1, heads, queries, sizeOf(m.v, q) ?? 0])]);
}

const windows: Rule = rule({
  name: 'attn/windows',
  doc: 'attention in W windows of each sample, whose masks are added as [B, W, H, L, S] = Attention over W * H heads',
  match: op('MatMul', [
    named('softmax', op('Softmax', [masked], { params: { axis: -1 } })),
    value('v', { dtype: 'float', rank: 4 }),
  ]),
  guard: check,
  build,
  emits: [
    { op: 'Attention', since: 23 },
    ...['Add', 'Mul', 'Reshape', 'Transpose', 'Squeeze'].map((name) => ({ op: name, since: 13 })),
  ],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['torchvision: Swin and Swin v2, timm: Swin'],
  traps: ['windows that are not the inner part of the batch', 'a mask that differs from sample to sample'],
});

export const windowMasks: Pass = rulePass({
  name: 'attn/windows',
  summary: 'fold attention in windows with masks of their own back',
  rules: [windows],
});
