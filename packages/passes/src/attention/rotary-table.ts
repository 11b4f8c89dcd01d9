import { type Node, type Shape, Tensor, type Value } from '@refold/ir';
import { type Builder, congruent, constantOf } from '@refold/matcher';
import { shapeOf } from '../support/constants.ts';
import { producerOf, viewInts, viewNumber } from '../support/view.ts';
import { isSame } from './sizes.ts';

/** How many nodes a table is followed through to where its halves come from. */
const MAX_DEPTH = 8;

/** One half of a value whose last axis holds the same elements twice, in the order a..z a..z. */
export type Half =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'constant'; readonly tensor: Tensor }
  | { readonly kind: 'node'; readonly node: Node; readonly inputs: readonly (Half | undefined)[] };

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

function built(half: Half, b: Builder): Value {
  if (half.kind === 'value') return half.value;
  if (half.kind === 'constant') return b.constant(half.tensor);
  const { node, inputs } = half;
  const operands = node.inputs.map((input, i) => {
    const of = inputs[i];
    return of ? built(of, b) : input;
  });
  return b.node(node.opType, operands, Object.fromEntries(node.attributes));
}

/** Operators that {@link cacheOf} makes. */
export const tableOps: readonly string[] = [...['Mul', 'Concat', 'Expand', 'Shape', ...unary, ...rows]];

/** A table [B, 1, L, D], or [1, 1, L, D] for all samples, as it is before it gets its axis of heads. */
export interface Table {
  /** [B, L, D], or the table itself. */
  readonly value: Value;
  readonly half: Half;
  /** The axis of heads that the half still has. */
  readonly axis: number | undefined;
}

/** What is needed to make a cache of a table of `x`, whose heads are axis `axis`; undefined where it does not fit. */
export function tableOf(table: Value, x: Shape, axis: 1 | 2): Table | undefined {
  const shape = shapeOf(table);
  const length = axis === 1 ? 2 : 1;
  if (shape?.length !== 4 || shape[axis] !== 1 || !isSame(shape[length], x[length])) return undefined;
  if (!isSame(shape[3], x[3]) || !(shape[0] === 1 || isSame(shape[0], x[0]))) return undefined;
  const inner = producerOf(table, 'Unsqueeze', 'Reshape')?.inputs[0];
  const before = shapeOf(inner);
  if (
    inner &&
    before?.length === 3 &&
    [shape[0], shape[length], shape[3]].every((d, i) => isSame(d, before[i]))
  ) {
    const half = halfOf(inner);
    return half && { value: inner, half, axis: undefined };
  }
  const half = halfOf(table);
  return half && { value: table, half, axis };
}

/** The cache [B, L, D / 2] of a table, for all samples of `x`. */
export function cacheOf(table: Table, x: Value, b: Builder): Value {
  const half = built(table.half, b);
  const cache = table.axis === undefined ? half : b.node('Squeeze', [half, b.ints([table.axis])]);
  const [samples, wanted] = [shapeOf(cache)?.[0], shapeOf(x)?.[0]];
  if (isSame(samples, wanted)) return cache;
  if (typeof wanted === 'number') return b.node('Expand', [cache, b.ints([wanted, 1, 1])]);
  const size = b.node('Shape', [x], { start: 0, end: 1 });
  return b.node('Expand', [cache, b.node('Concat', [size, b.ints([1, 1])], { axis: 0 })]);
}
