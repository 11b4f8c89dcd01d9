import { constantTensor, dtypeOf, type Node, tensorFloats, type Value } from '@refold/ir';

/** Operators by which the filling of a mask gets among scores, and those that hand scores on to a `Softmax`. */
const masking: ReadonlySet<string> = new Set(['Add', 'Where', 'Min']);
const passing: ReadonlySet<string> = new Set([
  ...[
    'Add',
    'Where',
    'Min',
    'Max',
    'Identity',
    'Reshape',
    'Transpose',
    'Squeeze',
    'Unsqueeze',
    'Slice',
    'Concat',
  ],
  ...['Split', 'Expand', 'Tile', 'Gather', 'Flatten'],
]);

/** From this on, a number may be the filling of a mask. */
const LARGEST_FILLING = -1e4;

/** A mask: the operand that brings its filling, and the values that have the filling among their elements. */
export interface Fillings {
  /** Operands of constants, by node. */
  readonly operands: ReadonlyMap<Node, number>;
  readonly fills: ReadonlyMap<Value, number>;
}

/** Finds very negative constants on the way to a `Softmax`. Nodes come with definitions before uses. */
export function findFillings(nodes: readonly Node[]): Fillings {
  const scores = leadingToSoftmax(nodes);
  const operands = new Map<Node, number>();
  const fills = new Map<Value, number>();
  for (const node of nodes) {
    if (!node.outputs.some((o) => o && scores.has(o))) continue;
    const constant = masking.has(node.opType) ? fillingOperand(node) : undefined;
    if (constant) {
      operands.set(node, constant.input);
      fills.set(constant.value, constant.fill);
    }
    // The mildest of several fillings is the one that all others lie below.
    const fill = Math.max(...node.inputs.map((v) => (v && fills.get(v)) ?? Number.NEGATIVE_INFINITY));
    if (!node.inputs.some((v) => v && fills.has(v))) continue;
    for (const output of node.outputs) if (output) fills.set(output, fill);
  }
  return { operands, fills };
}

/** Values that get into a `Softmax` as they are, or by way of additions and choices. */
export function leadingToSoftmax(nodes: readonly Node[]): ReadonlySet<Value> {
  const found = new Set<Value>();
  for (const node of nodes.toReversed()) {
    const leads =
      node.is('Softmax') || (passing.has(node.opType) && node.outputs.some((o) => o && found.has(o)));
    if (leads) for (const value of node.inputs) if (value) found.add(value);
  }
  return found;
}

function fillingOperand(node: Node): { input: number; value: Value; fill: number } | undefined {
  for (const [input, value] of node.inputs.entries()) {
    const tensor = value && dtypeOf(value) === 'float32' ? constantTensor(value) : undefined;
    if (!value || !tensor) continue;
    let fill = 0;
    for (const x of tensorFloats(tensor)) if (x < fill) fill = x;
    if (fill <= LARGEST_FILLING) return { input, value, fill };
  }
  return undefined;
}
