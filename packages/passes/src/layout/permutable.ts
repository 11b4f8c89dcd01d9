import {
  broadcastingOperators,
  constantTensor,
  type Editor,
  type Node,
  shapeOf,
  type Tensor,
  tensorOf,
  type Value,
} from '@refold/ir';
import { viewFlag, viewInts, viewNumber } from '../support/view.ts';
import { isElementwiseUnary } from './elementwise.ts';

/**
 * What happens to a node when the axes of its operands are put in another order: which operands that concerns,
 * and how its own axes change. Axis `i` of the old order is axis `perm[i]` of the new one.
 */
export interface Move {
  /** Operands that must come in the new order, by index; the others are parameters that stay. */
  readonly operands: readonly number[];
  apply(editor: Editor, node: Node, perm: readonly number[]): void;
}

/** Reductions along given axes. */
const reducing: ReadonlySet<string> = new Set([
  ...['ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceMax', 'ReduceMean', 'ReduceMin'],
  ...['ReduceProd', 'ReduceSum', 'ReduceSumSquare'],
]);

/** Operators along one axis, which they keep. */
const alongAxis: ReadonlySet<string> = new Set(['Softmax', 'LogSoftmax', 'Hardmax', 'Concat']);

const stay = (): void => {};

/** How a node moves; undefined when it does not. `rank` is that of the operands. */
export function moveOf(node: Node, rank: number): Move | undefined {
  const [output] = node.outputs;
  if (node.domain !== '' || !output || node.outputs.length !== 1 || node.graph?.model.functionOf(node)) {
    return undefined;
  }
  if (shapeOf(output)?.length !== rank) return undefined;
  if (isElementwiseUnary(node)) return { operands: [0], apply: stay };
  if (node.opType === 'Clip') return { operands: [0], apply: stay };
  if (broadcastingOperators.has(node.opType)) return { operands: node.inputs.map((_, i) => i), apply: stay };
  if (reducing.has(node.opType)) return reduction(node);
  return alongAxis.has(node.opType) ? axisMove(node) : undefined;
}

function reduction(node: Node): Move | undefined {
  const axes = viewInts(node, 'axes');
  if (!axes || axes.length === 0 || axes.some((a) => a < 0) || viewFlag(node, 'keepdims') !== true)
    return undefined;
  const isAttribute = node.attributes.has('axes');
  if (!isAttribute && !node.inputs[1]) return undefined;
  return {
    operands: [0],
    apply: (editor, at, perm) => {
      const moved = axes.map((a) => perm[a] ?? a).sort((a, b) => a - b);
      if (isAttribute) editor.setAttribute(at, { type: 'ints', name: 'axes', value: moved });
      else if (at.graph)
        editor.setOperand(
          at,
          1,
          editor.addConstant(at.graph, tensorOf('int64', [moved.length], moved), 'axes'),
        );
    },
  };
}

function axisMove(node: Node): Move | undefined {
  const axis = viewNumber(node, 'axis');
  // Before opset 13, Softmax and similar operators may take several axes together.
  const opset = node.graph?.opset() ?? 0;
  if (axis === undefined || axis < 0 || (node.opType !== 'Concat' && opset < 13)) return undefined;
  return {
    operands: node.inputs.map((_, i) => i),
    apply: (editor, at, perm) =>
      editor.setAttribute(at, { type: 'int', name: 'axis', value: perm[axis] ?? axis }),
  };
}

/**
 * A constant operand in the new order. Only such as move no data: one element, or axes of length 1 around the
 * others in their order. Undefined for other values.
 */
export function movedConstant(value: Value, perm: readonly number[]): Tensor | undefined {
  const tensor = constantTensor(value);
  if (!tensor || tensor.rank > perm.length) return undefined;
  if (tensor.size === 1) return tensor;
  const extended = [...new Array<number>(perm.length - tensor.rank).fill(1), ...tensor.dims];
  const dims = new Array<number>(perm.length).fill(1);
  let last = -1;
  for (const [i, size] of extended.entries()) {
    const to = perm[i] ?? i;
    dims[to] = size;
    if (size === 1) continue;
    if (to < last) return undefined;
    last = to;
  }
  return tensor.reshaped(dims);
}
