import { type Node, shapeOf, Tensor, type Value } from '@refold/ir';
import { type Builder, congruent, constantOf } from '@refold/matcher';
import { producerOf, viewInts, viewNumber } from '../support/view.ts';
import { isSame } from './sizes.ts';

/** How many nodes a table is followed through to where its halves come from. */
const MAX_DEPTH = 8;

/** One half of a value whose last axis holds the same elements twice, in the order a..z a..z. */
export type Half =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'constant'; readonly tensor: Tensor }
  | { readonly kind: 'node'; readonly node: Node; readonly inputs: readonly (Half | undefined)[] };

/** Operators of which halves are made. */
export const halfOps: readonly string[] = [
  'Cos',
  'Sin',
  'Cast',
  'Identity',
  'Neg',
  'Mul',
  'Unsqueeze',
  'Squeeze',
  'Slice',
  'Gather',
];

/** Operators of elements that have one operand. */
const unary: ReadonlySet<string> = new Set(['Cos', 'Sin', 'Cast', 'Identity', 'Neg']);

/** Operators that take whole rows along, when they leave the last axis alone. */
const rows: ReadonlySet<string> = new Set(['Unsqueeze', 'Squeeze', 'Slice', 'Gather']);

/** The half of a table of angles, cosines or sines; undefined where it is not proved that there are two equal ones. */
export function halfOf(value: Value, depth: number = MAX_DEPTH): Half | undefined {
  const tensor = constantOf(value);
  if (tensor) return halfOfConstant(tensor);
  const node = producerOf(value, 'Concat', 'Mul', ...unary, ...rows);
  if (!node || depth === 0) return undefined;
  const [first, second] = node.inputs;
  if (!first) return undefined;
  if (node.opType === 'Concat') {
    const isPair = second !== undefined && node.inputs.length === 2 && congruent(first, second);
    return isPair && isLastAxis(node, value, first) ? { kind: 'value', value: first } : undefined;
  }
  const below = (operand: Value): Half | undefined => halfOf(operand, depth - 1);
  if (node.opType === 'Mul') return second && halfOfProduct(node, first, second, below);
  if (rows.has(node.opType) && !keepsLastAxis(node, first, value)) return undefined;
  const half = below(first);
  return half && { kind: 'node', node, inputs: [half] };
}

/** A table times a number. */
function halfOfProduct(
  node: Node,
  a: Value,
  b: Value,
  below: (operand: Value) => Half | undefined,
): Half | undefined {
  const isNumber = (x: Value): boolean =>
    (shapeOf(x)?.every((d) => d === 1) ?? false) && shapeOf(x)?.at(-1) !== 0;
  if (isNumber(b)) return joined(node, below(a), { kind: 'value', value: b });
  return isNumber(a) ? joined(node, { kind: 'value', value: a }, below(b)) : undefined;
}

function joined(node: Node, a: Half | undefined, b: Half | undefined): Half | undefined {
  return a && b && { kind: 'node', node, inputs: [a, b] };
}

function isLastAxis(node: Node, value: Value, operand: Value): boolean {
  const [axis, rank] = [viewNumber(node, 'axis'), shapeOf(value)?.length];
  return rank !== undefined && axis === rank - 1 && shapeOf(operand)?.length === rank;
}

/** Whether a move of rows reads and gives whole rows, and its other operands say nothing of their length. */
function keepsLastAxis(node: Node, from: Value, to: Value): boolean {
  const [before, after] = [shapeOf(from), shapeOf(to)];
  if (!before || !after || before.at(-1) === 1 || !isSame(before.at(-1), after.at(-1))) return false;
  const last = before.length - 1;
  if (node.opType === 'Gather') return (viewNumber(node, 'axis') ?? last) < last;
  return (
    node.opType !== 'Slice' || (viewInts(node, 'axes')?.every((axis) => axis >= 0 && axis < last) ?? false)
  );
}

/** Rows of two equal halves of the same bytes. */
function halfOfConstant(tensor: Tensor): Half | undefined {
  const width = tensor.dims.at(-1) ?? 0;
  if (tensor.size === 0 || width % 2 !== 0 || width === 0) return undefined;
  const bytes = tensor.bytes();
  const row = (bytes.length / tensor.size) * width;
  if (!Number.isInteger(row / 2)) return undefined;
  const half = new Uint8Array(bytes.length / 2);
  for (let at = 0; at < bytes.length; at += row) {
    for (let i = 0; i < row / 2; i += 1) {
      const byte = bytes[at + i] ?? 0;
      if (byte !== bytes[at + row / 2 + i]) return undefined;
      half[at / 2 + i] = byte;
    }
  }
  const dims = [...tensor.dims.slice(0, -1), width / 2];
  return { kind: 'constant', tensor: Tensor.ofBytes(tensor.dtype, dims, half) };
}

/** Makes the half. */
export function built(half: Half, b: Builder): Value {
  if (half.kind === 'value') return half.value;
  if (half.kind === 'constant') return b.constant(half.tensor);
  const { node, inputs } = half;
  const operands = node.inputs.map((input, i) => {
    const of = inputs[i];
    return of ? built(of, b) : input;
  });
  return b.node(node.opType, operands, Object.fromEntries(node.attributes));
}
