import { byteLength, Tensor } from '@refold/ir';

/**
 * Constant tensors side by side along an axis. Nothing is copied until the result is read; all must have one
 * type, of whole bytes, and differ in that axis only.
 */
export function joined(tensors: readonly Tensor[], axis: number): Tensor | undefined {
  const [first] = tensors;
  if (!first?.data) return undefined;
  let length = 0;
  for (const t of tensors) length += t.dims[axis] ?? 0;
  const dims = first.dims.map((d, i) => (i === axis ? length : d));
  const total = byteLength(
    first.dtype,
    dims.reduce((a, d) => a * d, 1),
  );
  return Tensor.lazy(first.dtype, dims, { byteLength: total, load: () => interleave(tensors, axis, total) });
}

/** Bytes of one run of each tensor in turn; a run is what lies under one index of the axes before `axis`. */
function interleave(tensors: readonly Tensor[], axis: number, total: number): Uint8Array {
  const out = new Uint8Array(total);
  let runs = 1;
  for (const d of tensors[0]?.dims.slice(0, axis) ?? []) runs *= d;
  let stride = 0;
  for (const t of tensors) stride += t.byteLength / runs;
  let start = 0;
  for (const t of tensors) {
    const bytes = t.bytes();
    const run = bytes.byteLength / runs;
    for (let i = 0; i < runs; i += 1) out.set(bytes.subarray(i * run, (i + 1) * run), start + i * stride);
    start += run;
  }
  return out;
}
