/**
 * Decimal text to a double that a second rounding, to a narrower float, cannot go wrong on. A plain double
 * can: it may have been rounded onto the middle between two float32 values, which the text is not.
 */

const scratch = new Float64Array(1);
const bits = new BigUint64Array(scratch.buffer);

/**
 * The double nearest to a decimal such as `-1.5e3`, or its neighbour on the side of the exact value where
 * the nearest one has a short significand (its last 28 bits are zero) and is not exact.
 */
export function decimalToDouble(text: string): number {
  const nearest = Number(text);
  if (nearest === 0 || !Number.isFinite(nearest)) return nearest;
  scratch[0] = nearest;
  const word = bits[0] as bigint;
  if ((word & 0xfffffffn) !== 0n) return nearest;
  const side = compareMagnitude(text, Math.abs(nearest));
  if (side === 0) return nearest;
  bits[0] = word + BigInt(side);
  return scratch[0] as number;
}

/** Whether the magnitude of a decimal is greater (1) or less (-1) than a double, or equal to it (0). */
function compareMagnitude(text: string, x: number): -1 | 0 | 1 {
  const [, whole = '', fraction = '', power = '0'] =
    /^[+-]?(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const exponent = Number(power) - fraction.length;
  // Digits beyond these only matter as "some": no double has so many.
  const MOST = 1100;
  const kept = digits.length > MOST ? `${digits.slice(0, MOST)}1` : digits;
  const scale = exponent + digits.length - kept.length;
  let left = BigInt(kept === '' ? '0' : kept);
  let [right, binary] = fractionOf(x);
  if (scale > 0) left *= 10n ** BigInt(scale);
  else right *= 10n ** BigInt(-scale);
  if (binary > 0) right <<= BigInt(binary);
  else left <<= BigInt(-binary);
  return left === right ? 0 : left > right ? 1 : -1;
}

/** A positive double as integer times a power of two. */
function fractionOf(x: number): [bigint, number] {
  scratch[0] = x;
  const word = bits[0] as bigint;
  const exponent = Number(word >> 52n);
  const significand = word & 0xfffffffffffffn;
  return exponent === 0 ? [significand, -1074] : [significand | 0x10000000000000n, exponent - 1075];
}
