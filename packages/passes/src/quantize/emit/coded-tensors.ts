import { type Tensor, tensorOfElements } from '@refold/ir';
import { tensorNumbers } from '../../support/tensor-numbers.ts';
import { type Cells, type CellThetas, cellCodes, cellThetas, uniformThetas } from '../theta/cells.ts';
import type { Theta } from '../theta/theta.ts';

/** Codes of a constant, and their scales. */
export interface CodedTensor {
  readonly codes: Tensor;
  readonly thetas: CellThetas;
}

/** Codes of constants, computed once, however often they are written to try one thing or the other. */
export class CodedTensors {
  private readonly made = new WeakMap<Tensor, Map<string, CodedTensor>>();

  /** With the scale of a class, or with scales for each index of an axis that clip nothing. */
  of(tensor: Tensor, theta: Theta, axis: number | undefined): CodedTensor {
    const { dtype, symmetric, powerOfTwo, narrow } = theta.format;
    const key =
      axis === undefined
        ? `${dtype} ${narrow} ${theta.scale} ${theta.zeroPoint}`
        : `${dtype} ${narrow} ${symmetric} ${powerOfTwo} axis ${axis}`;
    const known = this.made.get(tensor) ?? new Map<string, CodedTensor>();
    this.made.set(tensor, known);
    const coded = known.get(key) ?? make(tensor, theta, axis);
    known.set(key, coded);
    return coded;
  }
}

function make(tensor: Tensor, theta: Theta, axis: number | undefined): CodedTensor {
  const { dims } = tensor;
  const { format } = theta;
  const numbers = tensorNumbers(tensor);
  const cells: Cells = axis === undefined ? { kind: 'tensor' } : { kind: 'axis', axis };
  const thetas = axis === undefined ? uniformThetas(theta) : cellThetas(numbers, dims, cells, format);
  return { codes: tensorOfElements(format.dtype, dims, cellCodes(numbers, dims, cells, thetas)), thetas };
}
