/** Elements of 4 bytes that change places. Strides and steps in bytes; they may be 0 or negative. */

/** Rows of `n` elements, `step` apart in the operand and side by side in the result. */
export function copySteps(
  rows: usize, n: usize, from: usize, fromRow: isize, step: isize, to: usize, toRow: usize,
): void {
  for (let r: usize = 0; r < rows; r++, from += fromRow, to += toRow) {
    if (step == 4) {
      memory.copy(to, from, n * 4);
      continue;
    }
    let at = from;
    for (let p = to, end = to + n * 4; p < end; p += 4, at += step) store<u32>(p, load<u32>(at));
  }
}

/**
 * For each of `outer` parts of the operand (`fromOuter` bytes apart) `count` runs of `run` bytes, those that `table`
 * (uint32) names, one after the other.
 */
export function gatherRuns(
  outer: usize, count: usize, run: usize, from: usize, fromOuter: usize, table: usize, to: usize,
): void {
  const end = table + count * 4;
  for (let o: usize = 0; o < outer; o++, from += fromOuter) {
    if (run == 4) {
      for (let p = table; p < end; p += 4, to += 4) store<u32>(to, load<u32>(from + <usize>load<u32>(p) * 4));
    } else if (run == 16) {
      for (let p = table; p < end; p += 4, to += 16) {
        v128.store(to, v128.load(from + <usize>load<u32>(p) * 16));
      }
    } else {
      for (let p = table; p < end; p += 4, to += run) memory.copy(to, from + <usize>load<u32>(p) * run, run);
    }
  }
}

/** `n` elements, each of `a` where the byte of `c` is not 0, else of `b`. */
export function select(
  n: usize, c: usize, cStep: usize, a: usize, aStep: usize, b: usize, bStep: usize, to: usize,
): void {
  for (const end = to + n * 4; to < end; to += 4, c += cStep, a += aStep, b += bStep) {
    store<u32>(to, load<u32>(load<u8>(c) != 0 ? a : b));
  }
}

/**
 * Weighted sums along an axis: for each of `outer` parts of the operand (`fromOuter` bytes apart) `count` runs of `run`
 * floats, a multiple of 4. Each is the sum of the `taps` runs that `table` (uint32) names, times their `weights`.
 */
export function blendRuns(
  outer: usize, count: usize, run: usize, taps: usize,
  from: usize, fromOuter: usize, table: usize, weights: usize, to: usize,
): void {
  const bytes = run * 4;
  for (let o: usize = 0; o < outer; o++, from += fromOuter) {
    let t = table, w = weights;
    for (let i: usize = 0; i < count; i++, t += taps * 4, w += taps * 4) {
      for (const end = to + bytes, start = to; to < end; to += 16) {
        const at = from + (to - start);
        let sum = f32x4.splat(0);
        for (let k: usize = 0; k < taps; k++) {
          const factor = load<f32>(w + k * 4);
          if (factor == 0) continue;
          const v = v128.load(at + <usize>load<u32>(t + k * 4) * bytes);
          sum = f32x4.add(sum, f32x4.mul(f32x4.splat(factor), v));
        }
        v128.store(to, sum);
      }
    }
  }
}
