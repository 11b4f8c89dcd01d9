import { type HeadLayout, headLayout } from '../../kernels/attention/heads.ts';
import type { Site } from '../site.ts';

/** An operand of floats [B, heads, length, size], or [B, length, heads * size] with the number of heads given. */
export function headsOf(site: Site, index: number, count: number | undefined): HeadLayout | undefined {
  const dims = site.dims(index);
  if (!dims || (dims.length !== 3 && dims.length !== 4)) return undefined;
  const layout = headLayout(site.op, index, dims, count);
  return layout?.batch && layout.heads && layout.length && layout.size ? layout : undefined;
}

/** Where the rows of one head begin, in bytes from the beginning of the tensor. */
export function headAt({ batchStride, headStride }: HeadLayout, sample: number, head: number): number {
  return (sample * batchStride + head * headStride) * 4;
}
