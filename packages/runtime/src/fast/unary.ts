import type { OpContext } from '@refold/ir';
import { isFloating } from './facts.ts';

/** Functions of one float32 operand, by the numbers that the kernel `unary` gives them. */
const codes = {
  clip: 0,
  exp: 1,
  sigmoid: 2,
  tanh: 3,
  erf: 4,
  gelu: 5,
  silu: 6,
  hardSigmoid: 7,
  hardSwish: 8,
  leakyRelu: 9,
  sqrt: 10,
  reciprocal: 11,
  neg: 12,
  abs: 13,
  square: 14,
  float16: 15,
  bfloat16: 16,
  cube: 17,
  geluTanh: 18,
} as const;

/** The largest float32 number. */
const LARGEST: number = (2 - 2 ** -23) * 2 ** 127;

type UnaryKind = keyof typeof codes;

/** A function with its parameters. */
export interface UnaryCall {
  readonly kind: UnaryKind;
  readonly code: number;
  readonly a: number;
  readonly b: number;
}

export function unaryCall(kind: UnaryKind, a = 0, b = 0): UnaryCall {
  return { kind, code: codes[kind], a, b };
}

/** Whether a function keeps finite numbers finite, so that it may be applied to lanes that hold no channel. */
export function keepsFinite({ kind }: UnaryCall): boolean {
  return kind !== 'reciprocal' && kind !== 'sqrt' && kind !== 'exp';
}

const simple: ReadonlyMap<string, UnaryKind> = new Map([
  ['Exp', 'exp'],
  ['Sigmoid', 'sigmoid'],
  ['Tanh', 'tanh'],
  ['Erf', 'erf'],
  ['HardSwish', 'hardSwish'],
  ['Sqrt', 'sqrt'],
  ['Reciprocal', 'reciprocal'],
  ['Neg', 'neg'],
  ['Abs', 'abs'],
]);

/** The function that a node applies to its first operand, if there is a kernel for it. Clamps are `boundsOf`. */
export function unaryOf(op: OpContext): UnaryCall | undefined {
  const { node } = op;
  if (!isFloating(op.dtype(0))) return undefined;
  // The two disagree on -Infinity: NaN by ONNX's formula, 0 by the other's.
  if (node.domain === 'com.microsoft') {
    return node.opType === 'Gelu' ? unaryCall('gelu', -LARGEST) : undefined;
  }
  if (node.domain !== '') return undefined;
  const kind = simple.get(node.opType);
  if (kind) return unaryCall(kind);
  switch (node.opType) {
    case 'Gelu':
      return op.string('approximate') === 'tanh'
        ? unaryCall('geluTanh')
        : unaryCall('gelu', Number.NEGATIVE_INFINITY);
    case 'Swish':
      return unaryCall('silu', op.float('alpha'));
    case 'HardSigmoid':
      return unaryCall('hardSigmoid', op.float('alpha'), op.float('beta'));
    case 'LeakyRelu':
      return unaryCall('leakyRelu', op.float('alpha'));
    case 'Pow': {
      const exponent = op.floats(1);
      if (exponent?.length !== 1 || op.rank(1) === undefined || (op.rank(1) ?? 0) > (op.rank(0) ?? 0))
        return undefined;
      if (exponent[0] === 3) return unaryCall('cube');
      return exponent[0] === 2 ? unaryCall('square') : undefined;
    }
    default:
      return undefined;
  }
}
