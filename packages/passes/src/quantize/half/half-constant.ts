import { encodeSmallFloats, type Tensor, tensorFloats, tensorOfElements } from '@refold/ir';
import { type HalfType, halfLimits } from './half-type.ts';

/** From this on, a negative number is taken for the filling of a mask, which may as well be the lowest finite one. */
export const LARGEST_FILLING = -1e4;

/** Share of elements that may vanish: of trained weights some are tiny, of an epsilon all are. */
const MOST_VANISHING = 0.01;

/**
 * A float32 constant in a type of 16 bits; undefined when it does not bear that: because numbers overflow that are no
 * fillings of masks, or because too many become 0. Fillings below the lowest finite number become that one.
 *
 * @param saturates whether positive numbers that overflow become the largest finite one, as bounds may.
 */
export function halfConstant(tensor: Tensor, to: HalfType, saturates = false): Tensor | undefined {
  const { largest, least } = halfLimits[to];
  const values = tensorFloats(tensor);
  let [vanished, nonzero] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const x = values[i] as number;
    if (x === 0 || !Number.isFinite(x)) continue;
    nonzero += 1;
    if (Math.abs(x) <= least / 2) vanished += 1;
    if (Math.abs(x) <= largest) continue;
    if (x > 0 && !saturates) return undefined;
    values[i] = Math.sign(x) * largest;
  }
  if (vanished > MOST_VANISHING * nonzero) return undefined;
  const codes = new Uint16Array(values.length);
  encodeSmallFloats(to, values, codes);
  return tensorOfElements(to, tensor.dims, codes);
}
