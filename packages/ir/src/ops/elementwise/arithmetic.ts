import type { Dim } from '../../types/dim.ts';
import {
  addDims,
  exactDiv,
  floorDivDims,
  modDims,
  mulDims,
  negDim,
  subDims,
} from '../../types/dim-arithmetic.ts';
import { dimRange, maxDims, minDims } from '../../types/dim-bounds.ts';
import { isFloat } from '../../types/dtype.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { isSize } from '../sizes.ts';
import { arithmeticContents, type DimFunction } from './contents.ts';
import {
  allOperands,
  broadcastOperands,
  commonDType,
  type NoParameters,
  noParameters,
  sameAsFirst,
  typeOfResult,
} from './operands.ts';

/** Two operands of one type, or any number of them, broadcast together. */
function broadcasting(name: string, dims?: DimFunction): Operator {
  return operator<NoParameters>({
    name,
    view: () => noParameters,
    infer: inferBroadcast,
    ...(dims && { contents: (ctx: OpContext) => arithmeticContents(ctx, dims) }),
  });
}

function inferBroadcast(ctx: OpContext): ReturnType<Operator['infer']> {
  const operands = allOperands(ctx);
  return typeOfResult(commonDType(ctx, operands), broadcastOperands(ctx, operands));
}

/** Integer division truncates; it equals flooring for sizes, and any rounding where it leaves no rest. */
function divideDims(a: Dim, b: Dim): Dim | undefined {
  if (b === 0) return undefined;
  if (typeof a === 'number' && typeof b === 'number') return Math.trunc(a / b);
  return exactDiv(a, b) ?? (isSize(a) && isSize(b) ? floorDivDims(a, b) : undefined);
}

/** Remainder with the sign of the divisor, or of the dividend; the same for sizes. */
function modulo(truncated: boolean): DimFunction {
  return (a = 0, b = 0) => {
    if (b === 0) return undefined;
    if (typeof a === 'number' && typeof b === 'number') return (truncated ? a % b : modDims(a, b)) || 0;
    return isSize(a) && dimRange(b).lo > 0 ? modDims(a, b) : undefined;
  };
}

const fold =
  (f: (a: Dim, b: Dim) => Dim): DimFunction =>
  (first = 0, ...rest) =>
    rest.reduce(f, first);

/** `fmod`: whether the quotient is truncated (the result has the sign of the dividend), else floored. */
export const mod: Operator<{ readonly fmod: boolean }> = operator({
  name: 'Mod',
  view(ctx) {
    const fmod = ctx.int('fmod') ?? 0;
    if (fmod !== 0 && fmod !== 1) throw ctx.invalid(`fmod is ${fmod}, neither 0 nor 1`);
    return { fmod: fmod === 1 };
  },
  infer(ctx, { fmod }) {
    const [type] = inferBroadcast(ctx);
    if (type?.kind === 'tensor' && isFloat(type.dtype) && !fmod && ctx.version < 28) {
      throw ctx.invalid('floats need fmod = 1 before opset 28');
    }
    return [type];
  },
  contents: (ctx, { fmod }) => arithmeticContents(ctx, modulo(fmod)),
});

/** Base and exponent may have different types from opset 12 on; the result has that of the base. */
const pow = operator<NoParameters>({
  name: 'Pow',
  view: () => noParameters,
  infer: (ctx) => typeOfResult(ctx.dtype(0), broadcastOperands(ctx, [0, 1])),
});

/** One operand, a result of the same type. */
function unary(name: string, dims?: DimFunction): Operator {
  return operator<NoParameters>({
    name,
    view: () => noParameters,
    infer: sameAsFirst,
    ...(dims && { contents: (ctx: OpContext) => arithmeticContents(ctx, dims) }),
  });
}

function absDim(a: Dim = 0): Dim | undefined {
  if (typeof a === 'number') return Math.abs(a);
  if (isSize(a)) return a;
  return dimRange(a).hi <= 0 ? negDim(a) : undefined;
}

function signDim(a: Dim = 0): Dim | undefined {
  const { lo, hi } = dimRange(a);
  if (lo > 0) return 1;
  if (hi < 0) return -1;
  return a === 0 ? 0 : undefined;
}

export const arithmeticOperators: readonly Operator[] = [
  broadcasting('Add', (a = 0, b = 0) => addDims(a, b)),
  broadcasting('Sub', (a = 0, b = 0) => subDims(a, b)),
  broadcasting('Mul', (a = 0, b = 0) => mulDims(a, b)),
  broadcasting('Div', (a = 0, b = 0) => divideDims(a, b)),
  broadcasting('Sum'),
  broadcasting('Mean'),
  broadcasting('Max', fold(maxDims)),
  broadcasting('Min', fold(minDims)),
  mod,
  pow,
  unary('Neg', (a = 0) => negDim(a)),
  unary('Abs', absDim),
  unary('Sign', signDim),
  ...['Sqrt', 'Reciprocal', 'Exp', 'Log', 'Erf', 'Floor', 'Ceil', 'Round'].map((name) => unary(name)),
  ...['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan'].map((name) => unary(name)),
  ...['Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh', 'Atanh'].map((name) => unary(name)),
];
