import type { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import type { KernelContext } from '../kernel.ts';

/**
 * Codes of 2, 4 or 8 bits, each as a byte of its own. Rows of the result go along its last axis, and each is packed
 * into bytes for itself, low bits first; what a row of bytes holds beyond that is filling.
 */
export function unpacked(
  packed: NdArray,
  bits: number,
  dims: readonly number[],
  ctx: KernelContext,
): NdArray {
  if (bits === 8 && dims.reduce((a, d) => a * d, 1) === packed.size) return packed.reshaped(dims);
  const result = ctx.alloc('uint8', dims);
  const [bytes, codes] = [reals(packed), reals(result)];
  const columns = dims.at(-1) ?? 1;
  const rows = codes.length / Math.max(1, columns);
  const bytesOfRow = bytes.length / Math.max(1, rows);
  const [last, width, mask] = [8 / bits - 1, Math.log2(8 / bits), 2 ** bits - 1];
  for (let r = 0, at = 0; r < rows; r += 1) {
    const first = r * bytesOfRow;
    for (let c = 0; c < columns; c += 1, at += 1) {
      codes[at] = ((bytes[first + (c >> width)] as number) >> ((c & last) * bits)) & mask;
    }
    ctx.tick();
  }
  return result;
}
