import type { Reals } from '../../tensor/reals.ts';

/** One way of making many numbers one, as loops over rows of memory. */
export interface Fold {
  /** The value of nothing. */
  readonly initial: number;
  /** Folds a row of `n` elements from `at` on into one number. */
  row(data: Reals, at: number, n: number, value: number): number;
  /** Folds each element of such a row into a number of its own, from `place` on. */
  into(data: Reals, at: number, n: number, values: Float64Array, place: number): void;
}

export const sum: Fold = {
  initial: 0,
  row(data, at, n, value) {
    let s = value;
    for (let i = at; i < at + n; i += 1) s += data[i] as number;
    return s;
  },
  into(data, at, n, values, place) {
    for (let i = 0; i < n; i += 1)
      values[place + i] = (values[place + i] as number) + (data[at + i] as number);
  },
};

export const sumOfMagnitudes: Fold = {
  initial: 0,
  row(data, at, n, value) {
    let s = value;
    for (let i = at; i < at + n; i += 1) s += Math.abs(data[i] as number);
    return s;
  },
  into(data, at, n, values, place) {
    for (let i = 0; i < n; i += 1) {
      values[place + i] = (values[place + i] as number) + Math.abs(data[at + i] as number);
    }
  },
};

export const sumOfSquares: Fold = {
  initial: 0,
  row(data, at, n, value) {
    let s = value;
    for (let i = at; i < at + n; i += 1) s += (data[i] as number) * (data[i] as number);
    return s;
  },
  into(data, at, n, values, place) {
    for (let i = 0; i < n; i += 1) {
      const x = data[at + i] as number;
      values[place + i] = (values[place + i] as number) + x * x;
    }
  },
};

export const product: Fold = {
  initial: 1,
  row(data, at, n, value) {
    let p = value;
    for (let i = at; i < at + n; i += 1) p *= data[i] as number;
    return p;
  },
  into(data, at, n, values, place) {
    for (let i = 0; i < n; i += 1)
      values[place + i] = (values[place + i] as number) * (data[at + i] as number);
  },
};

/** NaN wins over everything. */
export const maximum: Fold = {
  initial: Number.NEGATIVE_INFINITY,
  row(data, at, n, value) {
    let m = value;
    for (let i = at; i < at + n; i += 1) {
      const x = data[i] as number;
      if (x > m || Number.isNaN(x)) m = x;
    }
    return m;
  },
  into(data, at, n, values, place) {
    for (let i = 0; i < n; i += 1) {
      const x = data[at + i] as number;
      if (x > (values[place + i] as number) || Number.isNaN(x)) values[place + i] = x;
    }
  },
};

/** NaN wins over everything. */
export const minimum: Fold = {
  initial: Number.POSITIVE_INFINITY,
  row(data, at, n, value) {
    let m = value;
    for (let i = at; i < at + n; i += 1) {
      const x = data[i] as number;
      if (x < m || Number.isNaN(x)) m = x;
    }
    return m;
  },
  into(data, at, n, values, place) {
    for (let i = 0; i < n; i += 1) {
      const x = data[at + i] as number;
      if (x < (values[place + i] as number) || Number.isNaN(x)) values[place + i] = x;
    }
  },
};
