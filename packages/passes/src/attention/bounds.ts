import { type DType, dtypeKind, dtypeOf, type Node, type Tensor, tensorFloats, type Value } from '@refold/ir';
import { constantOf } from '@refold/matcher';
import { viewFlag, viewNumber, viewText } from '../support/view.ts';

/** Bounds of the elements of a value; infinite where nothing is known, or where an infinity may occur. */
export interface Bounds {
  readonly lo: number;
  readonly hi: number;
}

const unknown: Bounds = { lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY };
const unit: Bounds = { lo: 0, hi: 1 };
const symmetric: Bounds = { lo: -1, hi: 1 };

/** How many nodes deep the elements are followed. */
const MAX_DEPTH = 24;

/** Constants of more elements are not read. */
const MAX_ELEMENTS = 1 << 22;

/**
 * Bounds of what a mask adds to scores, as its author meant them: results of matrix products, normalizations and
 * integers are taken to be moderate, so what is found is whether an infinity is written down, comes from outside,
 * or is what two numbers at the end of the range add up to.
 */
export function boundsOf(value: Value): Bounds {
  return bounds(value, { depth: MAX_DEPTH, known: new Map() });
}

interface Walk {
  readonly depth: number;
  readonly known: Map<Value, Bounds>;
}

function bounds(value: Value, walk: Walk): Bounds {
  const known = walk.known.get(value);
  if (known) return known;
  const dtype = dtypeOf(value);
  const found = rounded(dtype, boundsOfValue(value, dtype, walk));
  walk.known.set(value, found);
  return found;
}

function boundsOfValue(value: Value, dtype: DType | undefined, walk: Walk): Bounds {
  const tensor = constantOf(value);
  if (tensor && tensor.size <= MAX_ELEMENTS) return boundsOfTensor(tensor);
  if (dtype === undefined || walk.depth === 0) return unknown;
  if (dtypeKind(dtype) !== 'float') return unit;
  const node = value.producer;
  const rule = node?.domain === '' && !node.graph?.model.functionOf(node) && rules.get(node.opType);
  if (!node || !rule) return unknown;
  const below = { ...walk, depth: walk.depth - 1 };
  return rule((index) => {
    const operand = node.inputs[index];
    return operand ? bounds(operand, below) : unknown;
  }, node);
}

/** Masks are asked about again and again. */
const tensors: WeakMap<Tensor, Bounds> = new WeakMap();

function boundsOfTensor(tensor: Tensor): Bounds {
  const known = tensors.get(tensor) ?? extremes(tensorFloats(tensor));
  tensors.set(tensor, known);
  return known;
}

function extremes(elements: Float64Array): Bounds {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const x of elements) {
    if (Number.isNaN(x)) return unknown;
    if (x < lo) lo = x;
    if (x > hi) hi = x;
  }
  return lo > hi ? { lo: 0, hi: 0 } : { lo, hi };
}

/** From which magnitude on a number rounds to infinity. */
const overflow: ReadonlyMap<DType, number> = new Map([
  ['float16', 65520],
  ['bfloat16', 2 ** 127 * (2 - 2 ** -8)],
  ['float32', 2 ** 127 * (2 - 2 ** -24)],
]);

/** Whether a number is beyond what a type can hold, and rounds to an infinity. */
export function overflows(x: number, dtype: DType | undefined): boolean {
  return Math.abs(x) >= ((dtype && overflow.get(dtype)) ?? Number.POSITIVE_INFINITY);
}

function rounded(dtype: DType | undefined, { lo, hi }: Bounds): Bounds {
  const round = (x: number): number => (overflows(x, dtype) ? Math.sign(x) * Number.POSITIVE_INFINITY : x);
  return { lo: round(lo), hi: round(hi) };
}

/** Bounds of the result of a node, from those of its operands. */
type BoundsRule = (of: (index: number) => Bounds, node: Node) => Bounds;

const same: BoundsRule = (of) => of(0);

function union(...all: readonly Bounds[]): Bounds {
  return { lo: Math.min(...all.map((b) => b.lo)), hi: Math.max(...all.map((b) => b.hi)) };
}

function scaled(a: Bounds, b: Bounds): Bounds {
  const corners = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
  return corners.some(Number.isNaN) ? unknown : { lo: Math.min(...corners), hi: Math.max(...corners) };
}

function over(a: Bounds, b: Bounds): Bounds {
  return b.lo > 0 || b.hi < 0 ? scaled(a, { lo: 1 / b.hi, hi: 1 / b.lo }) : unknown;
}

const moves = [
  ...[
    'Identity',
    'Reshape',
    'Flatten',
    'Squeeze',
    'Unsqueeze',
    'Transpose',
    'Expand',
    'Tile',
    'Slice',
    'Split',
  ],
  ...['Gather', 'GatherElements', 'GatherND', 'Cast', 'DepthToSpace', 'SpaceToDepth'],
];

/** Results are taken to be moderate: beyond the range of the type they are infinite in any order of evaluation. */
const moderate = [
  ...['MatMul', 'Gemm', 'Conv', 'Einsum', 'Erf', 'Sin', 'Cos', 'Tanh'],
  ...['LayerNormalization', 'RMSNormalization', 'BatchNormalization'],
];

const rules: ReadonlyMap<string, BoundsRule> = new Map<string, BoundsRule>([
  ...moves.map((op): [string, BoundsRule] => [op, same]),
  ...moderate.map((op): [string, BoundsRule] => [op, () => symmetric]),
  ...['Sigmoid', 'HardSigmoid', 'Softmax'].map((op): [string, BoundsRule] => [op, () => unit]),
  ['Add', (of) => ({ lo: of(0).lo + of(1).lo, hi: of(0).hi + of(1).hi })],
  ['Sub', (of) => ({ lo: of(0).lo - of(1).hi, hi: of(0).hi - of(1).lo })],
  ['Mul', (of) => scaled(of(0), of(1))],
  ['Div', (of) => over(of(0), of(1))],
  ['Neg', (of) => ({ lo: -of(0).hi, hi: -of(0).lo })],
  ['Where', (of) => union(of(1), of(2))],
  ['Concat', (of, node) => union(...node.inputs.map((_, i) => of(i)))],
  ['ScatterND', (of, node) => (viewText(node, 'reduction') === 'none' ? union(of(0), of(2)) : unknown)],
  ['Trilu', (of) => union(of(0), { lo: 0, hi: 0 })],
  ['Relu', (of) => ({ lo: Math.max(0, of(0).lo), hi: Math.max(0, of(0).hi) })],
  ['Range', () => symmetric],
  ['ConstantOfShape', (_, node) => filled(node)],
  ['ReduceMax', same],
]);

function filled(node: Node): Bounds {
  const value = node.attributes.get('value');
  if (value?.type === 'tensor') return extremes(tensorFloats(value.value));
  return value ? unknown : { lo: 0, hi: 0 };
}

/**
 * Whether a mask lets each query see a key at least: it holds no infinity, or is a constant with a number (or
 * `true`) in each row, or forbids what lies above the diagonal only.
 */
export function leavesKeys(mask: Value): boolean {
  const isBool = dtypeOf(mask) === 'bool';
  if (!isBool && boundsOf(mask).lo > Number.NEGATIVE_INFINITY) return true;
  const tensor = constantOf(mask);
  if (!tensor) return isAboveDiagonal(mask);
  const width = tensor.dims.at(-1) ?? 0;
  if (tensor.size > MAX_ELEMENTS || width === 0) return false;
  const elements = tensorFloats(tensor);
  for (let row = 0; row < elements.length; row += width) {
    const keys = elements.subarray(row, row + width);
    if (!keys.some((x) => (isBool ? x !== 0 : x > Number.NEGATIVE_INFINITY))) return false;
  }
  return true;
}

/** Whether a value is -inf above the main diagonal and 0 elsewhere, by Trilu: key 0 stays visible to each query. */
export function isAboveDiagonal(mask: Value): boolean {
  const node = mask.producer;
  if (node?.domain !== '' || node.opType !== 'Trilu' || viewFlag(node, 'upper') !== true) return false;
  const [filled] = node.inputs;
  return (
    viewNumber(node, 'k') === 1 && filled !== undefined && boundsOf(filled).hi === Number.NEGATIVE_INFINITY
  );
}
