import { type DType, dtypeCode, type Node, type Value } from '@refold/ir';
import type { Builder } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { dtypeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf } from '../support/view.ts';

/** Types that hold every value of a type exactly, and convert onwards as it would itself. */
const widens: ReadonlyMap<DType, readonly DType[]> = new Map<DType, readonly DType[]>([
  [
    'bool',
    [
      'uint8',
      'int8',
      'uint16',
      'int16',
      'int32',
      'int64',
      'uint32',
      'uint64',
      'float16',
      'bfloat16',
      'float32',
      'float64',
    ],
  ],
  ['uint8', ['uint16', 'int16', 'int32', 'int64', 'uint32', 'uint64', 'float16', 'float32', 'float64']],
  ['int8', ['int16', 'int32', 'int64', 'float16', 'float32', 'float64']],
  ['uint16', ['int32', 'int64', 'uint32', 'uint64', 'float32', 'float64']],
  ['int16', ['int32', 'int64', 'float32', 'float64']],
  ['int32', ['int64', 'float64']],
  ['uint32', ['int64', 'uint64', 'float64']],
  ['float16', ['float32', 'float64']],
  ['bfloat16', ['float32', 'float64']],
  ['float32', ['float64']],
]);

/** Cast(x, dtype(x)) = x */
const noop = nodeRule({
  name: 'identities/cast.same-type',
  doc: 'Cast(x, to = dtype of x) = x',
  ops: ['Cast', 'CastLike'],
  exactness: 'exact',
  rewrite: (node) => {
    const from = dtypeOf(node.inputs[0]);
    return from !== undefined && from === dtypeOf(node.outputs[0]) ? node.inputs[0] : undefined;
  },
});

/** Cast(Cast(x, wide), to) = Cast(x, to), or x itself: a widening in the middle loses nothing. */
const chain = nodeRule({
  name: 'identities/cast.chain',
  doc: 'Cast(Cast(x, wider type), to) = Cast(x, to)',
  ops: 'Cast',
  over: ['Cast'],
  exactness: 'exact',
  emits: [
    { op: 'Cast', since: 6 },
    { op: 'Identity', since: 1 },
  ],
  decreases: 'depth',
  rewrite: (node, b) => {
    const inner = producerOf(node.inputs[0], 'Cast');
    const x = inner?.inputs[0];
    const from = dtypeOf(x);
    const middle = dtypeOf(inner?.outputs[0]);
    const to = dtypeOf(node.outputs[0]);
    if (!x || !from || !middle || !to || to === 'string') return undefined;
    if (from === to && (wraps(from, middle) || widens.get(from)?.includes(middle)))
      return unchanged(node, x, b);
    if (!widens.get(from)?.includes(middle)) return undefined;
    return b.node('Cast', [x], Object.fromEntries(node.attributes));
  },
});

/** `x` in the place of the result; where that is an output of the graph, an Identity carries its name. */
function unchanged(node: Node, x: Value, b: Builder): Value {
  return node.outputs[0]?.isGraphOutput && !x.producer ? b.node('Identity', [x]) : x;
}

const sameWidth: readonly (readonly DType[])[] = [
  ['uint8', 'int8'],
  ['uint16', 'int16'],
  ['uint32', 'int32'],
  ['uint64', 'int64'],
];

/** Whether a value comes back after a detour through the other signedness: both ways wrap. */
function wraps(from: DType, middle: DType): boolean {
  return sameWidth.some((pair) => pair.includes(from) && pair.includes(middle));
}

/** CastLike(x, y) = Cast(x, dtype of y): y need not be computed. */
const like = nodeRule({
  name: 'identities/cast.like',
  doc: 'CastLike(x, y) = Cast(x, to = dtype of y)',
  ops: 'CastLike',
  exactness: 'exact',
  emits: [{ op: 'Cast', since: 6 }],
  decreases: 'edges',
  rewrite: (node, b) => {
    const to = dtypeOf(node.inputs[1]);
    const x = node.inputs[0];
    if (!x || !to) return undefined;
    const saturate = node.attributes.get('saturate');
    return b.node('Cast', [x], saturate ? { to: dtypeCode(to), saturate } : { to: dtypeCode(to) });
  },
});

export const simplifyCasts: Pass = rulePass({
  name: 'identities/cast',
  summary: 'remove casts that change nothing and casts through a wider type',
  rules: [noop, chain, like],
});
