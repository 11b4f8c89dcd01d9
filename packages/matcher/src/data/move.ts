import { elementCount } from '@refold/ir';
import { Refusal } from '../rewrite/verdict.ts';
import { Folded, MAX_FOLDED } from './folded.ts';

/** The constant with its axes in another order. */
export function transposed(a: Folded, perm: readonly number[]): Folded {
  const isOrder = perm.toSorted((x, y) => x - y).every((axis, i) => axis === i);
  if (perm.length !== a.dims.length || !isOrder) throw new Refusal('fold-shape');
  const dims = perm.map((axis) => a.dims[axis] ?? 1);
  const strides = perm.map((axis) => elementCount(a.dims.slice(axis + 1)));
  const out = new Float64Array(a.values.length);
  const at = dims.map(() => 0);
  let from = 0;
  for (let to = 0; to < out.length; to += 1) {
    out[to] = a.values[from] as number;
    for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
      const next = (at[axis] as number) + 1;
      from += strides[axis] as number;
      if (next < (dims[axis] as number)) {
        at[axis] = next;
        break;
      }
      at[axis] = 0;
      from -= (strides[axis] as number) * (dims[axis] as number);
    }
  }
  return new Folded(a.dtype, dims, out);
}

/** Constants of one dtype put together along an axis; a negative one counts from the end. */
export function concatenated(parts: readonly Folded[], axis: number): Folded {
  const [first] = parts;
  if (!first) throw new Refusal('fold-shape');
  const { dims, dtype } = first;
  const at = axis < 0 ? axis + dims.length : axis;
  const isFit = (p: Folded): boolean =>
    p.dims.length === dims.length && p.dims.every((d, i) => i === at || d === dims[i]);
  if (dims[at] === undefined || !parts.every(isFit)) throw new Refusal('fold-shape');
  if (parts.some((p) => p.dtype !== dtype)) throw new Refusal('fold-dtypes');
  const outer = elementCount(dims.slice(0, at));
  const total = parts.reduce((n, p) => n + (p.dims[at] ?? 0), 0);
  const whole = dims.with(at, total);
  if (elementCount(whole) > MAX_FOLDED) throw new Refusal('fold-too-large');
  const out = new Float64Array(elementCount(whole));
  let to = 0;
  for (let block = 0; block < outer; block += 1) {
    for (const { values } of parts) {
      const size = values.length / outer;
      out.set(values.subarray(block * size, (block + 1) * size), to);
      to += size;
    }
  }
  return new Folded(dtype, whole, out);
}
