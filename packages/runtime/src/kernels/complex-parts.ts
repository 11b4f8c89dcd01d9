import { dtypeKind } from '@refold/ir';
import type { NdArray } from '../tensor/nd-array.ts';
import type { KernelContext } from './kernel.ts';

/** Runs a linear operator on a complex operand: once for the real parts and once for the imaginary ones. */
export function byParts(x: NdArray, ctx: KernelContext, run: (part: NdArray) => NdArray): NdArray {
  if (dtypeKind(x.dtype) !== 'complex') return run(x);
  const [re, im] = [run(partOf(x, 0, ctx)), run(partOf(x, 1, ctx))];
  const result = ctx.alloc(x.dtype, re.dims);
  for (let i = 0; i < re.data.length; i += 1) {
    result.data[2 * i] = re.data[i] as number;
    result.data[2 * i + 1] = im.data[i] as number;
  }
  return result;
}

function partOf(x: NdArray, part: 0 | 1, ctx: KernelContext): NdArray {
  const out = ctx.alloc(x.dtype === 'complex64' ? 'float32' : 'float64', x.dims);
  for (let i = 0; i < out.data.length; i += 1) out.data[i] = x.data[2 * i + part] as number;
  return out;
}
