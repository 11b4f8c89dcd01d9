/**
 * The shortest decimal that reads back as the same number. Numbers of more than 2^53 get an exponent, so
 * that no reader takes them for integers, and negative zero a point.
 */
export function printDouble(x: number): string {
  if (Number.isNaN(x)) return 'nan';
  if (x === Number.POSITIVE_INFINITY) return 'inf';
  if (x === Number.NEGATIVE_INFINITY) return '-inf';
  if (Object.is(x, -0)) return '-0.0';
  const text = String(x);
  return Math.abs(x) >= 2 ** 53 && !text.includes('e') ? x.toExponential() : text;
}

/** The shortest decimal that rounds to this float32. */
export function printFloat32(x: number): string {
  if (x !== Math.fround(x) || Number.isSafeInteger(x)) return printDouble(x);
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return printDouble(short);
  }
  return printDouble(Number(x.toPrecision(9)));
}

/** A small float as a decimal that cannot be taken for a bit pattern: it always has a point or an exponent. */
export function printDecimal(x: number): string {
  const text = printFloat32(x);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
