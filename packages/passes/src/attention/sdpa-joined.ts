import { type Shape, shapeOf, type Value } from '@refold/ir';
import {
  type Builder,
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
import { type Core, checkCore, isLive, maskOf, precisionOf, scaleAttributes } from './core.ts';
import { joinedWeights } from './scores.ts';
import { isSame, wholeMask } from './sizes.ts';

interface Joined extends Core {
  readonly softmaxOver: 'joined' | 'split';
}

/** Scores [B, H, L, S]. */
function scoresOf(m: Joined, q: Query): Shape | undefined {
  const [queries, keys] = [q.shape(m.q), q.shape(m.k)];
  return queries && keys && [...queries.slice(0, 3), keys[2] ?? 0];
}

/** Whether what is added to joined scores is the same for all of them, or may be taken apart as they are. */
function checkBias(m: Joined, mask: Value, q: Query): Verdict {
  const shape = q.shape(mask);
  const scores = scoresOf(m, q);
  if (!shape || !scores) return no('shape-unknown', 'masks');
  if (q.dtype(mask) !== q.dtype(m.q)) return no('mask-type', 'masks');
  const shift = 4 - shape.length;
  if (shift < 1) return no('mask-rank', 'masks');
  const fits = shape.every((d, i) => d === 1 || (i + shift >= 2 && isSame(d, scores[i + shift])));
  return fits || (m.softmaxOver === 'split' && splitShape(m, mask)) ? yes : no('mask-widens', 'masks');
}

/** The operand that says [B, H, L, S] of a Reshape from the shape of `mask`; undefined where there is none. */
function splitShape(m: Joined, mask: Value): Value | undefined {
  const from = shapeOf(mask);
  let at = m.softmax.inputs[0];
  for (let depth = 0; depth < 4 && at; depth += 1) {
    const node = at.producer;
    const [x, shape] = node?.inputs ?? [];
    const before = shapeOf(x);
    if (node?.opType === 'Reshape' && x && before && from?.length === before.length) {
      return from.every((d, i) => isSame(d, before[i])) ? shape : undefined;
    }
    at = node?.inputs.find((input) => shapeOf(input)?.length === 4 && !input?.tensor && !isBool(input));
  }
  return undefined;
}

function isBool(value: Value | undefined): boolean {
  return value?.type?.kind === 'tensor' && value.type.dtype === 'bool';
}

function check(m: Joined, q: Query): Verdict {
  for (const mask of m.masks ?? []) {
    const verdict = checkBias(m, mask, q);
    if (!verdict.ok) return verdict;
  }
  if (m.rows) return no('scale-widens', 'rows');
  if (m.softmaxOver === 'joined' && (m.kept || m.dropped)) return no('mask-widens', 'kept');
  const verdict = checkCore({ ...m, masks: [] }, q, [q.shape(m.q), q.shape(m.k), q.shape(m.v)]);
  if (!verdict.ok) return verdict;
  return isLive(m, q) ? yes : no('no-key-may-be-seen', 'masks');
}

function build(m: Joined, b: Builder, q: Query): Value {
  const masks = (m.masks ?? []).map((mask) => {
    const isJoined = shapeOf(mask)?.length === 3 && shapeOf(mask)?.[0] !== 1;
    const shape = isJoined ? splitShape(m, mask) : undefined;
    return shape ? b.node('Reshape', [mask, shape]) : mask;
  });
  const mask = maskOf({ ...m, masks }, b, q);
  return b.node('Attention', [m.q, m.k, m.v, mask && wholeMask(mask, m.q, m.k, b)], {
    ...scaleAttributes(m, q),
    softmax_precision: precisionOf(m, q),
  });
}

const joined: Rule = rule({
  name: 'attn/sdpa-reshape',
  doc: 'attention over [B * H, L, D], reshaped from and to [B, H, L, D] = Attention(q, k, v, masks)',
  match: reshaped(
    '(B H) L E -> B H L E',
    op('MatMul', [joinedWeights, reshaped('B H S E -> (B H) S E', value('v', { dtype: 'float', rank: 4 }))]),
  ),
  guard: check,
  build,
  emits: [
    { op: 'Attention', since: 23 },
    ...['Add', 'Not', 'Concat', 'Expand', 'Where', 'Reshape'].map((name) => ({ op: name, since: 9 })),
    { op: 'Shape', since: 15 },
  ],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['torch.onnx: attention by bmm; transformers: BART, DeBERTa'],
  traps: ['a mask [B * H, L, S] is taken apart as the scores are', 'heads that are joined with the lengths'],
  instances: [
    {
      shapes: { q: ['B', 2, 'L', 4], k: ['B', 2, 'S', 4], v: ['B', 2, 'S', 6] },
      choices: { softmaxOver: 'joined', scaling: 'factor', bias: 'none', hiding: 'none', guard: 'none' },
      values: { factor: 0.25, keyFactor: 0.5, softcap: 2 },
      opset: 23,
    },
    {
      shapes: { q: ['B', 2, 'L', 4], k: ['B', 2, 'S', 4], v: ['B', 2, 'S', 6], kept: ['L', 'S'] },
      choices: { softmaxOver: 'split', scaling: 'none', bias: 'none', hiding: 'kept', guard: 'kept' },
      values: { keyFactor: 0.5, softcap: 2, fill: Number.NEGATIVE_INFINITY },
      dtype: 'float32',
      opset: 23,
    },
  ],
});

export const joinedSdpa: Pass = rulePass({
  name: 'attn/sdpa-reshape',
  summary: 'fold attention with heads joined with the batch back',
  rules: [joined],
});
