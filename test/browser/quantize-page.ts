// Quantizes in a realm that has what browsers have, and nothing of Node.
import { decodeModel } from '@refold/ir';
import { integerOnly } from '@refold/passes';
import { makeInputs } from '@refold/runtime';
import { quantize } from 'refold';

/** Bytes in, an asynchronous stream of samples in, bytes out. */
export async function quantized(model: Iterable<number>): Promise<number[]> {
  const bytes = Uint8Array.from(model);
  async function* samples() {
    for (let seed = 0; seed < 4; seed += 1) yield makeInputs(decodeModel(bytes), undefined, { seed });
  }
  const result = await quantize(bytes, { target: integerOnly, samples: samples(), tier: 'reference' });
  return Array.from(result.bytes);
}
