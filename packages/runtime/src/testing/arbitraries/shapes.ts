import fc from 'fast-check';

/** Options of `shapes`. */
export interface ShapeOptions {
  /** Number of axes, or least and most; 0 to 4 when absent. */
  readonly rank?: number | readonly [number, number] | undefined;
  /** Largest size; 4 when absent. */
  readonly maxSize?: number | undefined;
  /** Whether sizes may be 0; false when absent. */
  readonly zero?: boolean | undefined;
}

/** Shapes. They shrink towards few axes of size 1. */
export function shapes(options: ShapeOptions = {}): fc.Arbitrary<number[]> {
  const { rank = [0, 4], maxSize = 4, zero = false } = options;
  const [minLength, maxLength] = typeof rank === 'number' ? [rank, rank] : rank;
  return fc.array(size(maxSize, zero), { minLength, maxLength, size: 'max' });
}

/** 0 comes once in a while, and never by shrinking. */
function size(maxSize: number, zero: boolean): fc.Arbitrary<number> {
  const usual = fc.integer({ min: 1, max: maxSize });
  return zero ? fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: fc.constant(0) }) : usual;
}

/** Shapes that broadcast with each other, and what they broadcast to. */
export interface Broadcast {
  readonly shapes: readonly (readonly number[])[];
  readonly result: readonly number[];
}

/** `count` shapes that broadcast with each other in ONNX's (numpy's) way. */
export function broadcastableShapes(count: number, options: ShapeOptions = {}): fc.Arbitrary<Broadcast> {
  return shapes(options).chain((full) => {
    // Of each shape: how many leading axes are missing, and which of the others have size 1.
    const one = fc.tuple(
      fc.nat({ max: full.length }),
      fc.array(fc.boolean(), { minLength: full.length, maxLength: full.length }),
    );
    return fc.array(one, { minLength: count, maxLength: count }).map((cuts) => {
      const made = cuts.map(([missing, ones]) =>
        full.flatMap((d, axis) => (axis < missing ? [] : [ones[axis] ? 1 : d])),
      );
      return { shapes: made, result: resultOf(made) };
    });
  });
}

function resultOf(made: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(0, ...made.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = made.map((dims) => dims.at(i - rank) ?? 1);
    return sizes.find((d) => d !== 1) ?? 1;
  });
}
