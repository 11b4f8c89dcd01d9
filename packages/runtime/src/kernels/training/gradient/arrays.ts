import { gemm, type ReduceName, reduceOperator, softmaxOperator, transpose, type Value } from '@refold/ir';
import { type Local, type Rule, viewIn } from './rule.ts';
import type { Tape } from './tape.ts';

/** Products of matrices, and what moves or sums whole arrays. */
export const arrayRules: Readonly<Record<string, Rule>> = {
  MatMul: [
    (l) => unpad(l, 0, l.tape.op('MatMul', [resultMatrix(l), turned(l.tape, matrix(l, 1))])),
    (l) => unpad(l, 1, l.tape.op('MatMul', [turned(l.tape, matrix(l, 0)), resultMatrix(l)])),
  ],
  Gemm: [gemmByA, gemmByB, (l) => scaled(l, l.dy, viewIn(l, gemm).beta)],
  Transpose: [(l) => l.tape.op('Transpose', [l.dy], { perm: inverse(viewIn(l, transpose).perm ?? []) })],
  ...Object.fromEntries(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'].map((op) => [op, [asOperand]])),
  Expand: [({ dy }) => dy],
  ReduceSum: [(l) => repeated(l, 'ReduceSum', l.dy)],
  ReduceMean: [(l) => repeated(l, 'ReduceMean', l.tape.div(l.dy, share(l)))],
  Softmax: [(l) => l.tape.mul(l.y, l.tape.sub(l.dy, overAxis(l, 'Softmax', l.tape.mul(l.dy, l.y))))],
  LogSoftmax: [(l) => l.tape.sub(l.dy, l.tape.mul(l.tape.op('Exp', [l.y]), overAxis(l, 'LogSoftmax', l.dy)))],
};

// ---------------------------------------------------------------- products

/** Operand `index` of MatMul with two axes at least: a vector is a row on the left, a column on the right. */
function matrix(l: Local, index: 0 | 1): Value {
  const dims = l.tape.dimsOf(l.x(index));
  if (dims.length > 1) return l.x(index);
  const length = dims[0] ?? 1;
  return l.tape.reshape(l.x(index), index === 0 ? [1, length] : [length, 1]);
}

/** dy with the axes that vectors have left out. */
function resultMatrix(l: Local): Value {
  const [a, b] = [l.tape.dimsOf(l.x(0)), l.tape.dimsOf(l.x(1))];
  const dims = [...l.tape.dimsOf(l.y)];
  if (b.length === 1) dims.push(1);
  if (a.length === 1) dims.splice(dims.length - 1, 0, 1);
  return l.tape.reshape(l.dy, dims);
}

/** Sums over batches that were broadcast, and takes away the axis that a vector was given. */
function unpad(l: Local, index: 0 | 1, derivative: Value): Value {
  return l.tape.reshape(l.tape.sumTo(derivative, matrix(l, index)), l.tape.dimsOf(l.x(index)));
}

/** The last two axes exchanged. */
function turned(tape: Tape, value: Value): Value {
  const perm = tape.dimsOf(value).map((_, axis) => axis);
  const [column, row] = [perm.pop() ?? 0, perm.pop() ?? 0];
  return tape.op('Transpose', [value], { perm: [...perm, column, row] });
}

function gemmByA(l: Local): Value {
  const { transA, transB, alpha } = viewIn(l, gemm);
  const b = transB ? l.x(1) : turned(l.tape, l.x(1));
  const product = transA
    ? l.tape.op('MatMul', [turned(l.tape, b), turned(l.tape, l.dy)])
    : l.tape.op('MatMul', [l.dy, b]);
  return scaled(l, product, alpha);
}

function gemmByB(l: Local): Value {
  const { transA, transB, alpha } = viewIn(l, gemm);
  const a = transA ? l.x(0) : turned(l.tape, l.x(0));
  const product = transB
    ? l.tape.op('MatMul', [turned(l.tape, l.dy), turned(l.tape, a)])
    : l.tape.op('MatMul', [a, l.dy]);
  return scaled(l, product, alpha);
}

function scaled(l: Local, value: Value, factor: number): Value {
  return factor === 1 ? value : l.tape.mul(value, l.tape.number(factor, l.y));
}

// ---------------------------------------------------------------- moves and sums

function inverse(perm: readonly number[]): readonly number[] {
  const out = new Array<number>(perm.length);
  perm.forEach((from, to) => {
    out[from] = to;
  });
  return out;
}

/** The elements stand in the same order, in the shape of the operand. */
function asOperand(l: Local): Value {
  return l.tape.reshape(l.dy, l.tape.dimsOf(l.x(0)));
}

/** A derivative by sums, handed back to each summand. */
function repeated(l: Local, name: ReduceName, value: Value): Value {
  const dims = l.tape.dimsOf(l.x(0));
  const reduced = new Set(viewIn(l, reduceOperator(name)).axes);
  const kept = l.tape.reshape(
    value,
    dims.map((size, axis) => (reduced.has(axis) ? 1 : size)),
  );
  return l.tape.op('Expand', [kept, l.tape.sizes(dims)]);
}

/** How many elements there are to each mean. */
function share(l: Local): Value {
  const count = (value: Value): number => l.tape.dimsOf(value).reduce((a, b) => a * b, 1);
  return l.tape.number(count(l.x(0)) / count(l.y), l.y);
}

/** Sums over what a softmax normalises; the axes stay with size 1. */
const overAxis = (l: Local, name: 'Softmax' | 'LogSoftmax', value: Value): Value => {
  const { axis, coerced } = viewIn(l, softmaxOperator(name));
  const rank = l.tape.dimsOf(value).length;
  const axes = coerced ? Array.from({ length: rank - axis }, (_, i) => axis + i) : [axis];
  return l.tape.sumOver(value, axes);
};
