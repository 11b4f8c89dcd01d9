import {
  constantTensor,
  type Dim,
  type Node,
  type Shape,
  staticContext,
  tensorInts,
  type Value,
} from '@refold/ir';

/** Integers that a model can take for an input: `low` up to, but without, `high`. */
export interface IndexRange {
  readonly low: number;
  readonly high: Dim;
}

/** A look at a few thousand uses is enough for every model that is not made to waste time. */
const MAX_VISITS = 5000;

/** Operators that hand elements of their first operand on, in another order, shape or type. */
const carriers: ReadonlySet<string> = new Set([
  'Cast',
  'Concat',
  'Expand',
  'Flatten',
  'Identity',
  'Reshape',
  'Slice',
  'Split',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
]);

/** What an operand of an operator must be, by operator and place of the operand. */
const demands: ReadonlyMap<string, (node: Node) => IndexRange | undefined> = new Map([
  ['com.microsoft.GatherBlockQuantized 1', (node) => belowAxis(node, 'gather_axis')],
  ['Gather 1', belowAxis],
  ['GatherElements 1', belowAxis],
  ['GatherND 1', belowFirstDims],
  ['GRU 4', lengths],
  ['LSTM 4', lengths],
  ['OneHot 0', belowDepth],
  ['RNN 4', lengths],
  ['ReverseSequence 1', lengths],
  ['RoiAlign 2', (node) => below(shapeOf(node.inputs[0])?.[0])],
  ['ScatterElements 1', belowAxis],
  ['ScatterND 1', belowFirstDims],
]);

/**
 * The ranges that the operators reading `value` demand of it as indices, be it directly or through
 * operators that only move elements; empty when nothing is evident. Inputs of functions are followed.
 */
export function indexRanges(value: Value): readonly IndexRange[] {
  const ranges: IndexRange[] = [];
  const seen = new Set<Value>([value]);
  const pending: Value[] = [value];
  const follow = (next: Value | undefined): void => {
    if (!next || seen.has(next)) return;
    seen.add(next);
    pending.push(next);
  };
  let visits = 0;
  for (let v = pending.pop(); v; v = pending.pop()) {
    for (const use of v.uses()) {
      visits += 1;
      if (visits > MAX_VISITS) return ranges;
      const { node } = use;
      if (!node) continue;
      const callee = node.graph?.model.functionOf(node);
      if (callee) {
        follow(callee.body.inputs[use.index]);
        continue;
      }
      const range = demands.get(`${node.op} ${use.index}`)?.(node);
      if (range) ranges.push(range);
      if (node.domain === '') {
        const isMask = node.opType === 'Cast' && staticContext(node).int('to') === BOOL;
        if (isMask) ranges.push({ low: 0, high: 2 });
        else if (carriers.has(node.opType) && (use.index === 0 || node.opType === 'Concat'))
          node.outputs.forEach(follow);
      }
    }
  }
  return ranges;
}

/** `TensorProto.DataType` of bool. */
const BOOL = 9;

function below(dim: Dim | undefined): IndexRange | undefined {
  return dim === undefined ? undefined : { low: 0, high: dim };
}

/** Indices into the axis of the first operand that the node names. */
function belowAxis(node: Node, attribute = 'axis'): IndexRange | undefined {
  const axis = staticContext(node).int(attribute) ?? 0;
  return below(shapeOf(node.inputs[0])?.at(axis));
}

/** Indices into the first dimensions of the first operand: the smallest one is safe for all. */
function belowFirstDims(node: Node): IndexRange | undefined {
  const sizes = shapeOf(node.inputs[0])?.filter((d) => typeof d === 'number');
  return sizes && sizes.length > 0 ? { low: 0, high: Math.min(...sizes) } : undefined;
}

function belowDepth(node: Node): IndexRange | undefined {
  const depth = node.inputs[1] && constantTensor(node.inputs[1]);
  const [first] = depth && depth.dtype === 'int64' && depth.size === 1 ? tensorInts(depth) : [];
  return typeof first === 'number' ? { low: 0, high: first } : undefined;
}

/** Lengths of sequences: at least one step, at most as many as the first dimension has. */
function lengths(node: Node): IndexRange | undefined {
  const steps = shapeOf(node.inputs[0])?.[0];
  return typeof steps === 'number' ? { low: 1, high: steps + 1 } : { low: 1, high: 2 };
}

function shapeOf(value: Value | undefined): Shape | undefined {
  if (value?.tensor) return value.tensor.dims;
  const type = value?.type ?? value?.declared;
  return type?.kind === 'tensor' ? type.shape : undefined;
}
