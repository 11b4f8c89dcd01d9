import {
  type DType,
  dtypeKind,
  elementCount,
  isFloat,
  type Tensor,
  tensorFloats,
  tensorOf,
} from '@refold/ir';
import { Refusal } from '../rewrite/verdict.ts';
import { type Arithmetic, combine } from './combine.ts';

/** Constants of more elements are not computed. */
export const MAX_FOLDED: number = 1 << 24;

/**
 * A constant that a rule works out. Elements are doubles until the end, where they are rounded once to the dtype
 * of the tensors that went in. Integers take part as long as doubles hold them.
 */
export class Folded {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly values: Float64Array;
  /** Whether more axes of size 1 follow, as many as the other operand asks for. */
  readonly isOpen: boolean;

  constructor(dtype: DType, dims: readonly number[], values: Float64Array, isOpen = false) {
    this.dtype = dtype;
    this.dims = dims;
    this.values = values;
    this.isOpen = isOpen;
  }

  /** Refuses constants that are too large, and dtypes without arithmetic. */
  static of(tensor: Tensor): Folded {
    checkSize(tensor.size);
    const { dtype } = tensor;
    const kind = dtypeKind(dtype);
    if (kind !== 'float' && kind !== 'signed' && kind !== 'unsigned') throw new Refusal('fold-dtype', dtype);
    const values = tensorFloats(tensor);
    if (kind !== 'float' && !values.every(Number.isSafeInteger)) throw new Refusal('fold-precision', dtype);
    return new Folded(dtype, tensor.dims, values);
  }

  /** One number of the dtype of its partner. */
  static scalar(value: number, dtype: DType): Folded {
    return new Folded(dtype, [], Float64Array.of(value));
  }

  /** Rounds to the dtype. Refuses what is not finite there, or no integer of the type. */
  tensor(): Tensor {
    if (this.isOpen) throw new Refusal('fold-open-rank');
    const tensor = tensorOf(this.dtype, this.dims, this.values);
    const rounded = tensorFloats(tensor);
    if (isFloat(this.dtype)) {
      if (!rounded.every(Number.isFinite)) throw new Refusal('fold-not-finite');
    } else if (!rounded.every((x, i) => x === this.values[i]))
      throw new Refusal('fold-precision', this.dtype);
    return tensor;
  }

  /** With more axes: `:` is one that it has, 1 a new one, and a last `...` leaves the rank open. */
  withAxes(axes: readonly (':' | 1 | '...')[]): Folded {
    const gap = axes.indexOf('...');
    const own = axes.filter((a) => a === ':').length;
    const isOpen = gap >= 0 && gap === axes.length - 1;
    if (gap >= 0 && !isOpen && own > this.dims.length) throw new Refusal('fold-rank');
    if ((gap < 0 || isOpen) && own !== this.dims.length) throw new Refusal('fold-rank');
    let next = 0;
    const dims = axes.flatMap((a) => {
      if (a === 1) return [1];
      if (a === ':') return [this.dims[next++] ?? 1];
      const run = isOpen ? [] : this.dims.slice(next, next + this.dims.length - own);
      next += run.length;
      return run;
    });
    return new Folded(this.dtype, dims, this.values, isOpen);
  }

  reshaped(dims: readonly number[]): Folded {
    const open = dims.indexOf(-1);
    const known = elementCount(dims.filter((d) => d !== -1));
    const full = open < 0 ? dims : dims.with(open, known > 0 ? this.values.length / known : 0);
    if (!full.every((d) => Number.isSafeInteger(d) && d >= 0)) throw new Refusal('fold-shape');
    if (elementCount(full) !== this.values.length) throw new Refusal('fold-shape');
    return new Folded(this.dtype, full, this.values);
  }

  /** Applies a function to every element. */
  map(f: (x: number) => number): Folded {
    return finite(new Folded(this.dtype, this.dims, this.values.map(f), this.isOpen));
  }
}

/** The arithmetic of two constants, broadcast. Refuses different dtypes, and results that are not finite. */
export function arithmetic(op: Arithmetic, a: Folded, b: Folded): Folded {
  if (a.dtype !== b.dtype) throw new Refusal('fold-dtypes', `${a.dtype}, ${b.dtype}`);
  const isOpen = a.isOpen && b.isOpen;
  const left = opened(a, b);
  const right = opened(b, a);
  const dims = broadcast(left, right);
  checkSize(elementCount(dims));
  const values = combine(op, dims, a.values, left, b.values, right);
  return finite(new Folded(a.dtype, dims, values, isOpen));
}

/** Dims of an operand as its partner sees them. */
function opened(a: Folded, partner: Folded): readonly number[] {
  const missing = partner.dims.length - a.dims.length;
  return a.isOpen && missing > 0 ? [...a.dims, ...new Array<number>(missing).fill(1)] : a.dims;
}

function broadcast(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new Refusal('fold-shape');
    return x === 1 ? y : x;
  });
}

function checkSize(size: number): void {
  if (size > MAX_FOLDED) throw new Refusal('fold-too-large');
}

function finite(folded: Folded): Folded {
  const { values } = folded;
  // Infinities and NaN survive the product with zero, and nothing else does.
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += (values[i] as number) * 0;
  if (sum !== 0) throw new Refusal('fold-not-finite');
  return folded;
}
