import type { ByteReader } from '../tensor/byte-reader.ts';

/**
 * A constant of float32 that is made of 8-bit codes, element by element: (code - zero) * scale, with one rounding after
 * each. There is one scale, or one for each place along an axis.
 */
export interface ScaledCodes {
  readonly signed: boolean;
  /** Reads the codes. */
  readonly bytes: () => ByteReader;
  readonly scale: ArrayLike<number>;
  /** As many as scales. */
  readonly zero: ArrayLike<number>;
  /** Elements from one place along the axis to the next; 0 where there is one scale. */
  readonly stride: number;
}
