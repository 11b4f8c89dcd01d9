import { dtypeKind } from '@refold/ir';
import { NdArray, reals } from '@refold/runtime';

/** What is in a tensor, in short. */
export interface Statistics {
  /** Of numbers that are finite; absent where there are none. */
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  readonly nan: number;
  readonly infinite: number;
}

/** A number, a string, or a number that JSON has no way to write, as text. */
export type Shown = number | string;

/** Figures of a tensor of numbers or truth values; undefined for strings and complex numbers. */
export function statisticsOf(array: NdArray): Statistics | undefined {
  const kind = dtypeKind(array.dtype);
  if (kind === 'string' || kind === 'complex') return undefined;
  const values = reals(array);
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  let [nan, infinite] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const v = values[i] as number;
    if (Number.isNaN(v)) nan += 1;
    else if (!Number.isFinite(v)) infinite += 1;
    else {
      sum += v;
      if (v < min) min = v;
      if (v > max) max = v;
    }
  }
  const finite = values.length - nan - infinite;
  return finite === 0 ? { nan, infinite } : { min, max, mean: sum / finite, nan, infinite };
}

/** The first elements, for a look. Integers that a double cannot hold, and what is not finite, come as text. */
export function firstElements(array: NdArray, count: number): readonly Shown[] {
  const { data, dtype } = array;
  const kind = dtypeKind(dtype);
  if (Array.isArray(data)) return data.slice(0, count);
  const length = Math.min(count, array.size);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return Array.from(data.slice(0, length), shown);
  if (kind === 'complex') {
    return Array.from({ length }, (_, i) => `${data[2 * i]} + ${data[2 * i + 1]}i`);
  }
  return Array.from(reals(new NdArray(dtype, [length], data.slice(0, length))), shown);
}

/** A number as JSON can hold it. */
export function shown(value: number | bigint | string): Shown {
  if (typeof value === 'bigint') {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : String(value);
  }
  if (typeof value === 'string') return value;
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : Object.is(value, -0)
      ? '-0'
      : String(value);
}

/** A number for people: at most seven digits. */
export function brief(value: number | bigint | string): string {
  if (typeof value !== 'number' || Number.isInteger(value) || !Number.isFinite(value)) {
    return Object.is(value, -0) ? '-0' : String(value);
  }
  return String(Number(value.toPrecision(7)));
}
