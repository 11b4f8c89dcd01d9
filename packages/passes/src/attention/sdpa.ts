import type { DType, Shape, Value } from '@refold/ir';
import {
  type Builder,
  type ConstRef,
  type Exactness,
  type InstanceHint,
  no,
  op,
  type Query,
  type Rule,
  rule,
  type Verdict,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { boundsOf, leavesKeys, overflows } from './bounds.ts';
import { scaleAttribute } from './scale.ts';
import { attentionWeights, type Scores } from './scores.ts';
import { keySizes, keysByHead, maskFits, mayBeTurned, sizesAgree, wholeMask } from './sizes.ts';

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
function attributes(m: Core, q: Query): { readonly scale?: number; readonly softcap?: number } | undefined {
  const cap = m.softcap ? splatOr1(m.softcap) : undefined;
  const size = q.shape(m.q)?.[3];
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
function isLive(m: Core, q: Query): boolean {
  if (m.guard !== 'none') return true;
  const dtype = q.dtype(m.q);
  const masks = m.masks ?? [];
  const open = masks.filter((mask) => boundsOf(mask).lo === Number.NEGATIVE_INFINITY);
  const finite = masks.filter((mask) => !open.includes(mask));
  const lowest = finite.reduce((sum, mask) => sum + boundsOf(mask).lo, 0);
  // Numbers at the end of the range add up to an infinity.
  if (overflows(lowest, dtype)) return false;
  if (m.fill && isHiding(m.fill, dtype) === 'infinite') {
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
  const hidden = m.kept ?? m.dropped;
  if (hidden && m.fill) {
    if (isHiding(m.fill, dtype) === 'no') return no('fill', 'fill');
    return maskFits(hidden, scores, q);
  }
  // Weights that are zeroed afterwards only are no longer a Softmax.
  return hidden ? no('weights-change', 'guard') : yes;
}

function check(
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
  if (attributes(m, q) === undefined) return no('scale', 'factor');
  if (m.rows) {
    const rows = q.shape(m.rows);
    if (rows?.at(-1) !== 1 || q.broadcastsTo(m.rows, m.q) !== 'yes') return no('scale-widens', 'rows');
    if (m.softcap) return no('scale', 'rows');
  }
  return checkMasks(m, q, [query[0] ?? 0, query[1] ?? 0, query[2] ?? 0, keys[2] ?? 0]);
}

/** The shapes of q, k by head, and v. */
function shapes(m: Core, q: Query): readonly [Shape | undefined, Shape | undefined, Shape | undefined] {
  return [q.shape(m.q), keySizes(q.shape(m.k), m.keys), q.shape(m.v)];
}

/** What is added to the scores, or says which of them count; undefined when there is none. */
function maskOf(m: Core, b: Builder, q: Query): Value | undefined {
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
function precisionOf(m: Core, q: Query): number | undefined {
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

function build(m: Core, b: Builder, q: Query): Value {
  const k = keysByHead(m.k, m.keys, b);
  const mask = maskOf(m, b, q);
  const query = m.rows ? b.node('Mul', [m.q, m.rows]) : m.q;
  return b.node('Attention', [query, k, m.v, mask && wholeMask(mask, query, k, b)], {
    ...attributes(m, q),
    softmax_precision: precisionOf(m, q),
  });
}

const pattern = op('MatMul', [attentionWeights, value('v', { dtype: 'float', rank: 4 })]);

function sdpaRule(name: string, exactness: Exactness, doc: string, live: boolean): Rule {
  return rule({
    name,
    doc,
    match: pattern,
    guard: (m, q) => {
      const verdict = check(m, q, shapes(m, q));
      if (!verdict.ok) return verdict;
      return isLive(m, q) === live ? yes : no(live ? 'no-key-may-be-seen' : 'sees-keys', 'masks');
    },
    build,
    emits: [
      { op: 'Attention', since: 23 },
      ...['Add', 'Mul', 'Not', 'Transpose', 'Concat', 'Expand', 'Where'].map((o) => ({ op: o, since: 9 })),
      ...['Shape', 'Squeeze'].map((o) => ({ op: o, since: 15 })),
    ],
    exactness,
    phase: 'fuse',
    exporters: ['torch.onnx of both kinds', 'transformers', 'timm', 'torchvision', 'tf2onnx'],
    traps,
    instances,
  });
}

const traps: readonly string[] = [
  'a query whose keys are all at -inf gives NaN; Attention gives zeros, or what a guard after Softmax says',
  'a mask that is added before scaling, or that Tanh takes in, is another function',
  'weights that are scaled, masked or read after Softmax',
  'a mask that widens the batch or the heads, and heads that broadcast: Attention shares heads in another order',
  'hidden scores of -10000 instead of an infinity are no boolean mask',
  'a float16 score does not vanish beside the lowest number',
];

const shape = { q: ['B', 'H', 'L', 'D'], v: ['B', 'H', 'S', 'E'] } as const;

const instances: readonly InstanceHint[] = [
  {
    shapes: { ...shape, k: ['B', 'H', 'S', 'D'] },
    choices: { keys: 'heads', hiding: 'none', guard: 'none' },
    opset: 23,
  },
  {
    shapes: { ...shape, k: ['B', 'S', 'H', 'D'] },
    choices: { keys: 'lengths', hiding: 'none', guard: 'none' },
    opset: 23,
  },
  {
    shapes: { ...shape, k: ['B', 'H', 'D', 'S'] },
    choices: { keys: 'turned', hiding: 'none', guard: 'none' },
    opset: 23,
  },
];

/** Attention over keys of which each query sees one at least. */
export const sdpa: Pass = rulePass({
  name: 'attn/sdpa',
  summary: 'fold scaled dot-product attention back',
  rules: [
    sdpaRule(
      'attn/sdpa',
      'reassociate',
      'MatMul(Softmax(cap(MatMul(q, Transpose(k)) * scale) + masks), v) = Attention(q, k, v, masks)',
      true,
    ),
    sdpaRule(
      'attn/sdpa.no-keys',
      'approximate',
      'the same, where a query may see no key: zeros take the place of NaN',
      false,
    ),
  ],
});
