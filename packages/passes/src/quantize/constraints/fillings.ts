import {
  constantOfShape,
  constantTensor,
  dtypeOf,
  type Node,
  type Tensor,
  tensorFloats,
  type Value,
  viewAs,
} from '@refold/ir';

/** Operators by which the filling of a mask gets among scores. */
const masking: ReadonlySet<string> = new Set(['Add', 'Where', 'Min']);

/** Operators that hand scores, or a mask, on. */
const passing: ReadonlySet<string> = new Set(
  'Add Where Min Max Identity Reshape Transpose Squeeze Unsqueeze Slice Concat Split Expand Tile Gather Flatten Trilu'.split(
    ' ',
  ),
);

/** From this on, a number may be the filling of a mask. */
const LARGEST_FILLING = -1e4;

/** A mask: the operands that bring its filling, and the values that have the filling among their elements. */
export interface Fillings {
  readonly operands: readonly { readonly node: Node; readonly input: number }[];
  readonly fills: ReadonlyMap<Value, number>;
}

/**
 * Finds very negative numbers on the way to a `Softmax`, infinity among them: constants, tensors that are filled with
 * them, and what a mask of zeros and ones is multiplied with. Nodes come with definitions before uses.
 */
export function findFillings(nodes: readonly Node[]): Fillings {
  const scores = leadingToSoftmax(nodes);
  const operands: { readonly node: Node; readonly input: number }[] = [];
  const fills = new Map<Value, number>();
  for (const node of nodes) {
    if (!node.outputs.some((o) => o && scores.has(o))) continue;
    const made = node.is('ConstantOfShape') ? filledWith(node) : undefined;
    const found = made === undefined ? [] : [made];
    node.inputs.forEach((value, input) => {
      if (!value || dtypeOf(value) !== 'float32') return;
      const tensor = constantTensor(value);
      const fill = tensor ? fillingOf(tensor) : fills.get(value);
      if (fill === undefined) return;
      found.push(fill);
      // A factor has a scale of its own: what it is multiplied with has none of it.
      if (node.is('Mul')) return;
      fills.set(value, fill);
      if (masking.has(node.opType)) operands.push({ node, input });
    });
    if (found.length === 0) continue;
    // The mildest of several fillings is the one that all others lie below.
    for (const output of node.outputs) if (output) fills.set(output, Math.max(...found));
  }
  return { operands, fills };
}

/** Values that are read as scores, or as what is added to scores, and by nobody else. */
export function leadingToSoftmax(nodes: readonly Node[]): ReadonlySet<Value> {
  const found = new Set<Value>();
  for (const node of nodes.toReversed()) {
    for (const value of node.outputs) if (value && isScores(value, found)) found.add(value);
  }
  return found;
}

function isScores(value: Value, scores: ReadonlySet<Value>): boolean {
  for (const { node } of value.uses()) {
    if (!node) return false;
    const hands = passing.has(node.opType) || node.is('Mul');
    if (!node.is('Softmax') && !(hands && node.outputs.some((o) => o && scores.has(o)))) return false;
  }
  return value.useCount > 0;
}

/** What all elements of a tensor that a node makes are, if that is a filling. */
function filledWith(node: Node): number | undefined {
  const value = viewAs(node, constantOfShape)?.value;
  return typeof value === 'number' && value <= LARGEST_FILLING ? value : undefined;
}

function fillingOf(tensor: Tensor): number | undefined {
  let fill = 0;
  for (const x of tensorFloats(tensor)) if (x < fill) fill = x;
  return fill <= LARGEST_FILLING ? fill : undefined;
}
