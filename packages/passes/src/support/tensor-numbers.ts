import type { Tensor } from '@refold/ir';
import { ndFromTensor, reals } from '@refold/runtime';

/** The elements of a numeric constant, which may be those in the bytes of the model: never write to them. */
export function tensorNumbers(tensor: Tensor): ArrayLike<number> {
  return reals(ndFromTensor(tensor));
}
