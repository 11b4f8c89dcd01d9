import { isFloat } from '@refold/ir';
import { NdArray, type NdValue, reals } from '@refold/runtime';
import type { Limits } from './archive.ts';

/** What is wrong with an output; undefined when it is as expected. */
export function difference(got: NdValue | undefined, want: NdArray, limits?: Limits): string | undefined {
  if (!(got instanceof NdArray)) return 'is not a tensor';
  if (got.dtype !== want.dtype) return `is of type ${got.dtype}, not ${want.dtype}`;
  if (got.dims.join() !== want.dims.join()) return `has shape [${got.dims}], not [${want.dims}]`;
  return isFloat(want.dtype) ? floatDifference(got, want, limits) : exactDifference(got, want, limits);
}

function exactDifference(got: NdArray, want: NdArray, limits: Limits | undefined): string | undefined {
  for (let i = 0; i < want.data.length; i += 1) {
    const [x, y] = [got.data[i], want.data[i]];
    if (x === y) continue;
    if (want.dtype !== 'string' && Math.abs(Number(x) - Number(y)) <= (limits?.atol ?? 0)) continue;
    return `element ${i} is ${x}, not ${y}`;
  }
  return undefined;
}

function floatDifference(got: NdArray, want: NdArray, limits: Limits | undefined): string | undefined {
  const x = reals(got);
  const y = reals(want);
  let scale = 0;
  for (let i = 0; i < y.length; i += 1)
    if (Number.isFinite(y[i])) scale = Math.max(scale, Math.abs(y[i] ?? 0));
  const half = want.dtype === 'float16';
  const { rtol, atol } = limits ?? { rtol: half ? 1e-2 : 1e-4, atol: (half ? 2e-3 : 1e-5) * scale };
  for (let i = 0; i < y.length; i += 1) {
    const [a, b] = [x[i] ?? 0, y[i] ?? 0];
    if (Object.is(a, b) || a === b) continue;
    if (Math.abs(a - b) <= atol + rtol * Math.abs(b)) continue;
    return `element ${i} is ${a}, not ${b}`;
  }
  return undefined;
}
