/** The places of one axis of a transposed convolution that meet the same taps of the filter. */
export interface Phase {
  /** The first of these places, how far they are apart, and how many there are. */
  readonly first: number;
  readonly stride: number;
  readonly count: number;
  /** Whether any tap meets them. */
  readonly isMet: boolean;
  /** The taps in the order of the places of the operand that they meet. */
  readonly taps: readonly number[];
  /** How far these places are apart, and how far before 0 the first window begins. */
  readonly dilation: number;
  readonly begin: number;
  /** Tells the weights of phases apart. */
  readonly form: string;
}

/**
 * The phases of an axis. Place `o` of the result sums the places `i` of the operand and the taps `k` for which
 * o + pad = i · stride + k · dilation. A phase that no tap meets keeps one, which meets no place of the operand.
 */
export function axisPhases(
  kernel: number,
  stride: number,
  dilation: number,
  pad: number,
  from: number,
  to: number,
): readonly Phase[] {
  const phases: Phase[] = [];
  for (let first = 0; first < Math.min(stride, to); first += 1) {
    const taps: number[] = [];
    for (let k = kernel - 1; k >= 0; k -= 1) if ((first + pad - k * dilation) % stride === 0) taps.push(k);
    const [last = 0, next] = taps;
    const count = Math.ceil((to - first) / stride);
    const place = (tap: number): number => (first + pad - tap * dilation) / stride;
    phases.push({
      first,
      stride,
      count,
      isMet: taps.length > 0,
      form: taps.join(),
      taps: taps.length > 0 ? taps : [0],
      dilation: next === undefined ? 1 : place(next) - place(last),
      // A window that begins behind the end of the operand meets none of it.
      begin: taps.length > 0 ? -place(last) : -from,
    });
  }
  return phases;
}
