/*
 * Panels of 8 columns of constant weights, [columns / 8][kh][kw][channels][8]: what `gemm` reads as its right operand.
 * They are made of any matrix, or of the filters of a convolution, by the distances between elements, in bytes:
 * `column` between columns, `input` between channels, `line` between rows of a filter. `channels` is how many a panel
 * has, of which the first `inputs` are written. The panels are zeros before.
 */

/** Elements as they are, of 4, 2 or 1 bytes. Each panel follows a head of so many bytes. */
export function packPanels(
  size: i32, head: usize, columns: usize, column: usize, inputs: usize, input: usize, channels: usize, kh: usize, kw: usize,
  line: usize, from: usize, to: usize,
): void {
  if (size == 4) pack<u32>(head, columns, column, inputs, input, channels, kh, kw, line, from, to);
  else if (size == 2) pack<u16>(head, columns, column, inputs, input, channels, kh, kw, line, from, to);
  else pack<u8>(head, columns, column, inputs, input, channels, kh, kw, line, from, to);
}

function pack<T>(
  head: usize, columns: usize, column: usize, inputs: usize, input: usize, channels: usize, kh: usize, kw: usize,
  line: usize, from: usize, to: usize,
): void {
  const size = sizeof<T>();
  for (let j: usize = 0; j < columns; j += 8, from += 8 * column) {
    const width = min<usize>(8, columns - j);
    to += head;
    for (let y: usize = 0; y < kh; y++) {
      let tap = from + y * line;
      for (let x: usize = 0; x < kw; x++, tap += size, to += channels * 8 * size) {
        let at = tap, p = to;
        if (width < 8) {
          for (let i: usize = 0; i < inputs; i++, at += input, p += 8 * size) {
            for (let l: usize = 0; l < width; l++) store<T>(p + l * size, load<T>(at + l * column));
          }
        } else if (column == size) {
          for (let i: usize = 0; i < inputs; i++, at += input, p += 8 * size) memory.copy(p, at, 8 * size);
        } else {
          const a1 = column, a2 = 2 * column, a3 = 3 * column, a4 = 4 * column;
          const a5 = 5 * column, a6 = 6 * column, a7 = 7 * column;
          for (let i: usize = 0; i < inputs; i++, at += input, p += 8 * size) {
            store<T>(p, load<T>(at));
            store<T>(p + size, load<T>(at + a1));
            store<T>(p + 2 * size, load<T>(at + a2));
            store<T>(p + 3 * size, load<T>(at + a3));
            store<T>(p + 4 * size, load<T>(at + a4));
            store<T>(p + 5 * size, load<T>(at + a5));
            store<T>(p + 6 * size, load<T>(at + a6));
            store<T>(p + 7 * size, load<T>(at + a7));
          }
        }
      }
    }
  }
}

/** float32 times a factor (double) of its column, rounded once. */
export function packScaled(
  columns: usize, column: usize, inputs: usize, input: usize, channels: usize, kh: usize, kw: usize,
  line: usize, from: usize, factors: usize, to: usize,
): void {
  for (let j: usize = 0; j < columns; j += 8, from += 8 * column, factors += 64) {
    const width = min<usize>(8, columns - j);
    for (let y: usize = 0; y < kh; y++) {
      let tap = from + y * line;
      for (let x: usize = 0; x < kw; x++, tap += 4, to += channels * 32) {
        for (let l: usize = 0; l < width; l++) {
          const factor = load<f64>(factors + l * 8);
          let at = tap + l * column, p = to + l * 4;
          for (let i: usize = 0; i < inputs; i++, at += input, p += 32) {
            store<f32>(p, <f32>(<f64>load<f32>(at) * factor));
          }
        }
      }
    }
  }
}
