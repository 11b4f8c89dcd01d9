/**
 * The error function and its complement in double. On [0, 6] erf is a Taylor polynomial around the nearest
 * of many nodes; the complement of large arguments, where 1 - erf would cancel, is a continued fraction.
 */

/** Nodes are 1/8 apart, so that no argument is farther than 1/16 from one. */
const NODES_PER_UNIT = 8;
const LIMIT = 6;
/** The first term left out is below 2^-58 of the result. */
const TERMS = 13;
const TWO_OVER_SQRT_PI = 1.1283791670955126;

let table: Float64Array | undefined;

/** Taylor coefficients of erf, `TERMS` for each node. */
function coefficients(): Float64Array {
  if (table) return table;
  const nodes = LIMIT * NODES_PER_UNIT + 1;
  table = new Float64Array(nodes * TERMS);
  for (let k = 0; k < nodes; k += 1) {
    const x = k / NODES_PER_UNIT;
    const at = k * TERMS;
    table[at] = x < 2 ? series(x) : 1 - erfc(x);
    // The derivative g = 2/sqrt(pi) exp(-x^2) satisfies g' = -2xg; this recurrence gives its Taylor series.
    let g = TWO_OVER_SQRT_PI * Math.exp(-x * x);
    let before = 0;
    for (let n = 1; n < TERMS; n += 1) {
      table[at + n] = g / n;
      const next = (-2 * (x * g + before)) / n;
      before = g;
      g = next;
    }
  }
  return table;
}

/** erf(x) = 2/sqrt(pi) exp(-x^2) (x + 2x^3/3 + 4x^5/15 + ...): all terms positive, so nothing cancels. */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-18; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
}

/** The error function; odd, and 1 from 6 on. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (!(a < LIMIT)) return Number.isNaN(x) ? x : Math.sign(x);
  const c = coefficients();
  const k = Math.round(a * NODES_PER_UNIT);
  const h = a - k / NODES_PER_UNIT;
  const at = k * TERMS;
  let sum = 0;
  for (let n = TERMS - 1; n >= 0; n -= 1) sum = sum * h + (c[at + n] as number);
  return x < 0 || Object.is(x, -0) ? -sum : sum;
}

/** 1 - erf(x), without cancellation for large x. */
export function erfc(x: number): number {
  if (x < 2) return 1 - erf(x);
  if (!(x < 28)) return Number.isNaN(x) ? x : 0;
  return (Math.exp(-x * x) * fraction(x)) / 1.772453850905516;
}

/** 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...)))), from the far end; 2 needs the most steps. */
function fraction(x: number): number {
  let value = x;
  for (let n = x < 3 ? 80 : 40; n >= 1; n -= 1) value = x + n / 2 / value;
  return 1 / value;
}
