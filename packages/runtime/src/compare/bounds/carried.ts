import { type DType, dtypeKind, isFloat } from '@refold/ir';
import { Random } from '../../run/random.ts';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { broadcastOffsets } from '../../tensor/strides.ts';
import { type Errors, type EvaluatedNode, floatArray } from './errors.ts';
import { magnitudes } from './magnitudes.ts';
import type { LocalError, OperatorError } from './operator-errors.ts';
import { numbersOf, rerun, withNumbers } from './rerun.ts';

/** What the errors of the operands of a node make of each of its outputs. */
export function carriedErrors(
  node: EvaluatedNode,
  errors: readonly Errors[],
  { carried: rule, local }: OperatorError,
): readonly Errors[] {
  if (errors.every((e) => e === 'none')) return node.outputs.map(() => 'none');
  if (errors.includes('unknown')) return node.outputs.map(() => 'unknown');
  const safety = isMixed(local) ? SAFETY.mixed : SAFETY.alone;
  switch (rule) {
    case 'same':
      if (sameCount(node, errors[0]))
        return [errors[0] ?? 'none', ...node.outputs.slice(1).map(() => 'unknown' as const)];
      return probed(node, errors, safety);
    case 'moved':
      return moved(node, errors);
    case 'linear': {
      const first = linear(node, errors);
      return node.outputs.map((_, i) => (i === 0 ? first : 'unknown'));
    }
    case 'quotient':
      return [quotient(node, errors)];
    case 'probed':
      return probed(node, errors, safety);
  }
}

function sameCount(node: EvaluatedNode, error: Errors | undefined): boolean {
  const y = floatArray(node.outputs[0]);
  return y !== undefined && error instanceof Float64Array && error.length === y.size;
}

function moved(node: EvaluatedNode, errors: readonly Errors[]): readonly Errors[] {
  const results = rerun(
    node,
    withNumbers(node, (array, index) => {
      const error = errors[index];
      return error instanceof Float64Array ? error : new Float64Array(array.size);
    }),
  );
  return node.outputs.map((output, i) => {
    if (output?.kind !== 'tensor') return output ? 'unknown' : 'none';
    if (!isFloat(output.dtype)) return 'none';
    const array = floatArray(results?.[i]);
    return array && array.size === output.size ? numbersOf(array) : 'unknown';
  });
}

/** M(|x| + e) - M(|x|), which is no less than what the errors can do; the subtraction is rounded up. */
function linear(node: EvaluatedNode, errors: readonly Errors[]): Errors {
  const y = floatArray(node.outputs[0]);
  const without = magnitudes(node, []);
  const out = magnitudes(node, errors);
  if (!y || !without || !out || without.length !== out.length || y.size !== out.length) return 'unknown';
  const values = reals(y);
  for (let i = 0; i < out.length; i += 1) {
    const more = out[i] as number;
    // Masks of infinities stay what they are.
    out[i] = Number.isFinite(values[i]) ? more - (without[i] as number) + more * 2 ** -50 : 0;
  }
  return out;
}

/** (ea + |a / b| eb) / (|b| - eb). */
function quotient(node: EvaluatedNode, errors: readonly Errors[]): Errors {
  const [a, b, y] = [floatArray(node.inputs[0]), floatArray(node.inputs[1]), floatArray(node.outputs[0])];
  if (!a || !b || !y) return probed(node, errors, SAFETY.alone)[0] ?? 'unknown';
  const [ea, eb] = [errors[0] ?? 'none', errors[1] ?? 'none'];
  const fromA = broadcastOffsets(a.dims, y.dims);
  const fromB = broadcastOffsets(b.dims, y.dims);
  const divisors = reals(b);
  const values = reals(y);
  const out = new Float64Array(y.size);
  for (let i = 0; i < out.length; i += 1) {
    const ofB = eb instanceof Float64Array ? (eb[fromB[i] as number] as number) : 0;
    const ofA = ea instanceof Float64Array ? (ea[fromA[i] as number] as number) : 0;
    const left = Math.abs(divisors[fromB[i] as number] as number) - ofB;
    out[i] = left > 0 ? (ofA + Math.abs(values[i] as number) * ofB) / left : Number.POSITIVE_INFINITY;
  }
  return out;
}

/** The signs with which an operand is moved by its errors, in one direction. */
type Direction = (operand: number, random: Random) => () => number;

const directions: readonly Direction[] = [
  () => () => 1,
  () => () => -1,
  (operand) => (operand % 2 === 0 ? () => 1 : () => -1),
  ...new Array<Direction>(4).fill((_, random) => () => (random.bits() % 2 === 0 ? 1 : -1)),
];

/**
 * What a move in some directions does to a result may be less than what the worst one does: hardly where a result
 * is a function of one element of each operand, but by a few times where many are mixed.
 */
const SAFETY = { alone: 2, mixed: 4 } as const;

function probed(node: EvaluatedNode, errors: readonly Errors[], safety: number): readonly Errors[] {
  const middle = rerun(node, withNumbers(node, numbersOf));
  const worst = node.outputs.map((output) =>
    output?.kind === 'tensor' && hasReals(output.dtype) ? new Float64Array(output.size) : undefined,
  );
  const random = new Random(1);
  for (const direction of directions) {
    const results = rerun(
      node,
      withNumbers(node, (array, index) => movedBy(array, errors[index], direction(index, random))),
    );
    worst.forEach((most, i) => {
      if (most)
        noteMoves(most, middle?.[i], results?.[i], quantizes(node, i) ? safety : Number.POSITIVE_INFINITY);
    });
  }
  return node.outputs.map((output, i) => (middle && worst[i]) ?? (output ? 'unknown' : 'none'));
}

function hasReals(dtype: DType): boolean {
  const kind = dtypeKind(dtype);
  return kind !== 'string' && kind !== 'complex';
}

function movedBy(array: NdArray, error: Errors | undefined, sign: () => number): Float64Array {
  const numbers = numbersOf(array);
  if (!(error instanceof Float64Array)) return numbers;
  for (let i = 0; i < numbers.length; i += 1)
    numbers[i] = (numbers[i] as number) + sign() * (error[i] as number);
  return numbers;
}

/** Whether a result of the operator is made of many elements of an operand. */
function isMixed(local: LocalError): boolean {
  return local.kind !== 'none' && local.kind !== 'rounded' && local.kind !== 'function';
}

/** Operators whose integers are rounded numbers: an error moves them by what it moves the number. */
const quantizers: ReadonlySet<string> = new Set([
  'Cast',
  'CastLike',
  'DynamicQuantizeLinear',
  'QuantizeLinear',
]);

function quantizes(node: EvaluatedNode, index: number): boolean {
  return floatArray(node.outputs[index]) !== undefined || quantizers.has(node.op.node.opType);
}

/** Keeps the largest move of each element, `safety` times. */
function noteMoves(
  most: Float64Array,
  before: NdValue | undefined,
  after: NdValue | undefined,
  safety: number,
): void {
  if (
    before?.kind !== 'tensor' ||
    after?.kind !== 'tensor' ||
    after.size !== most.length ||
    before.size !== most.length
  ) {
    most.fill(Number.POSITIVE_INFINITY);
    return;
  }
  const a = reals(before);
  const b = reals(after);
  for (let i = 0; i < most.length; i += 1) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    const move = safety * Math.abs(x - y);
    if (!(move <= (most[i] as number))) most[i] = Number.isNaN(move) ? Number.POSITIVE_INFINITY : move;
  }
}
