import { type DType, dtypeCode, dtypeOf } from '@refold/ir';
import { named, no, op, type Rule, rule, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { REMOVAL } from '../support/benefit.ts';

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

const sameDType: Rule = rule({
  name: 'identities/cast.same-type',
  doc: 'Cast(x, to = dtype of x) = x',
  match: op(['Cast', 'CastLike'], ['x'], { extraInputs: 'allow' }),
  at: (node) => {
    const from = dtypeOf(node.inputs[0]);
    return from !== undefined && from === dtypeOf(node.outputs[0]);
  },
  build: (m) => m.x,
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  benefit: REMOVAL,
  exporters: ['torch.onnx by TorchScript: RMSNorm in float32'],
});

interface Types {
  readonly from: DType;
  readonly middle: DType;
  readonly to: DType;
}

/** A widening in the middle loses nothing, and neither does what wraps around there and back. */
function isLossless({ from, middle, to }: Types): boolean {
  return (widens.get(from)?.includes(middle) ?? false) || (from === to && wraps(from, middle));
}

const chain: Rule = rule({
  name: 'identities/cast.chain',
  doc: 'Cast(Cast(x, wider type), to) = Cast(x, to)',
  match: op('Cast', [named('inner', op('Cast', ['x']))]),
  guard: (m, q) => {
    const [middleValue] = m.inner.outputs;
    const [from, middle, to] = [q.dtype(m.x), middleValue && q.dtype(middleValue), q.dtype(m.$root)];
    if (!from || !middle || !to || to === 'string') return no('type', 'x');
    return isLossless({ from, middle, to }) ? yes : no('narrows-between', 'inner');
  },
  build: ({ x, $node, $root }, b, q) => {
    if (q.dtype(x) !== q.dtype($root)) return b.node('Cast', [x], Object.fromEntries($node.attributes));
    // Where that is an output of the graph, an Identity carries its name.
    return $root.isGraphOutput && !x.producer ? b.node('Identity', [x]) : x;
  },
  emits: [
    { op: 'Cast', since: 6 },
    { op: 'Identity', since: 1 },
  ],
  exactness: 'exact',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
  exporters: ['models converted to float16'],
  traps: [
    'float64 to float32 to float16 rounds twice',
    'a float through an integer truncates',
    'bool is x != 0',
  ],
});

/** CastLike(x, y) = Cast(x, dtype of y): y need not be computed. */
const like: Rule = rule({
  name: 'identities/cast.like',
  doc: 'CastLike(x, y) = Cast(x, to = dtype of y)',
  match: op('CastLike', ['x', 'y']),
  guard: (m, q) => (q.dtype(m.y) ? yes : no('type', 'y')),
  build: (m, b, q) => {
    const to = q.dtype(m.y);
    const saturate = m.$node.attributes.get('saturate');
    return to && b.node('Cast', [m.x], { to: dtypeCode(to), ...(saturate && { saturate }) });
  },
  emits: [{ op: 'Cast', since: 6 }],
  exactness: 'exact',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'edges',
});

export const simplifyCasts: Pass = rulePass({
  name: 'identities/cast',
  summary: 'remove casts that change nothing and casts through a wider type',
  rules: [sameDType, chain, like],
});
