/**
 * A float as text: the fewest digits that read back to the same value of its width, laid out as C's `%.8g`
 * does (0.1, 1e+10, 1.2345679e+08); NaN, INF and -INF for what is not a number.
 */
export function numberToText(x: number, isDouble: boolean): string {
  if (Number.isNaN(x)) return 'NaN';
  if (!Number.isFinite(x)) return x > 0 ? 'INF' : '-INF';
  if (x === 0) return Object.is(x, -0) ? '-0' : '0';
  const [mantissa = '', power = '0'] = shortest(x, isDouble).split('e');
  const exponent = Number(power);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (exponent < -4 || exponent >= 8) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const places = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${places}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return sign + whole + (fraction === '' ? '' : `.${fraction}`);
}

/** The shortest scientific notation that reads back: nine digits always do for float32, seventeen for double. */
function shortest(x: number, isDouble: boolean): string {
  if (isDouble) return x.toExponential();
  for (let digits = 0; digits < 8; digits += 1) {
    const text = x.toExponential(digits);
    if (Math.fround(Number(text)) === x) return text;
  }
  return x.toExponential(8);
}
