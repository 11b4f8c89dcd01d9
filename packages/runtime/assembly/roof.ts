import { madd } from './lanes';

/** Factors near 1, so that numbers stay in range, and where the result goes. */
const numbers = memory.data<f32>([0.999, 0.5, 0, 0, 0, 0]);

/** 13 · rounds products and sums of four floats, all in registers. */
export function multiplyAdd(rounds: usize): void {
  const x = v128.load_splat<f32>(numbers), y = v128.load_splat<f32>(numbers, 4);
  let a = x, b = y, c = x, d = y, e = x, f = y, g = x, h = y, i = x, j = y, k = x, l = y, m = x;
  for (let r: usize = 0; r < rounds; r++) {
    a = madd(a, x, y); b = madd(b, x, y); c = madd(c, x, y); d = madd(d, x, y); e = madd(e, x, y);
    f = madd(f, x, y); g = madd(g, x, y); h = madd(h, x, y); i = madd(i, x, y); j = madd(j, x, y);
    k = madd(k, x, y); l = madd(l, x, y); m = madd(m, x, y);
  }
  a = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  e = f32x4.add(f32x4.add(e, f), f32x4.add(g, h));
  i = f32x4.add(f32x4.add(i, j), f32x4.add(k, l));
  v128.store(numbers, f32x4.add(f32x4.add(a, e), f32x4.add(i, m)), 8);
}
