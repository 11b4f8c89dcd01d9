import { clamp, madd } from './lanes';

/*
 * Convolutions of images in blocks of four channels: [c / 4][h][w][4]. The grid of windows has `oh` rows of `ow`.
 */

/**
 * What the windows `first` to `first + count` of the grid cover, for a product: [kh][kw][c / 4][count][4], `step` bytes
 * from one block of four channels to the next. Places outside the image are zero.
 */
export function gatherWindows(
  blocks: usize, h: isize, w: isize, kh: isize, kw: isize, sh: isize, sw: isize, dh: isize, dw: isize,
  top: isize, left: isize, ow: isize, first: isize, count: isize, from: usize, to: usize, step: usize,
): void {
  const plane = h * w * 16;
  const zero = f32x4.splat(0);
  for (let ky: isize = 0; ky < kh; ky++) {
    for (let kx: isize = 0; kx < kw; kx++) {
      const shift = kx * dw - left;
      // Windows of a row whose tap lies in the image: those from `low` to `high`.
      const low = shift < 0 ? min(ow, (-shift + sw - 1) / sw) : 0;
      const high = w > shift ? min(ow, (w - shift + sw - 1) / sw) : 0;
      for (let c: usize = 0; c < blocks; c++, to += step - count * 16) {
        const image = from + c * plane;
        let oy = first / ow;
        let ox = first - oy * ow;
        for (let left = count; left > 0;) {
          const end = min(ow, ox + left);
          left -= end - ox;
          const y = oy * sh + ky * dh - top;
          const begin = y >= 0 && y < h ? low : end;
          for (const stop = min(begin, end); ox < stop; ox++, to += 16) v128.store(to, zero);
          let at = image + (y * w + ox * sw + shift) * 16;
          for (const stop = min(high, end); ox < stop; ox++, to += 16, at += sw * 16) {
            v128.store(to, v128.load(at));
          }
          for (; ox < end; ox++, to += 16) v128.store(to, zero);
          oy++;
          ox = 0;
        }
      }
    }
  }
}

/** One filter a channel. `weights`: [c / 4][kh][kw][4], `bias`: [c]. The result is clamped. */
export function depthwise(
  blocks: usize, h: isize, w: isize, kh: isize, kw: isize, sh: isize, sw: isize, dh: isize, dw: isize,
  top: isize, left: isize, oh: isize, ow: isize,
  from: usize, weights: usize, bias: usize, to: usize, low: f32, high: f32,
): void {
  const lo = f32x4.splat(low), hi = f32x4.splat(high);
  const row = w * 16, step = sw * 16, right = dw * 16;
  // Windows of a row that lie in the image with all of their taps.
  const inner = min(ow, (left + sw - 1) / sw);
  const reach = w + left - (kw - 1) * dw;
  const outer = max(inner, min(ow, reach > 0 ? (reach + sw - 1) / sw : 0));
  for (let c: usize = 0; c < blocks; c++, from += h * row, weights += kh * kw * 16, bias += 16) {
    const start = v128.load(bias);
    for (let oy: isize = 0; oy < oh; oy++) {
      const y = oy * sh - top;
      const kyBegin = y < 0 ? (-y + dh - 1) / dh : 0;
      const kyEnd = min(kh, y < h ? (h - y + dh - 1) / dh : 0);
      let ox: isize = 0;
      while (ox < ow) {
        const x = ox * sw - left;
        if (ox >= inner && ox + 4 <= outer) {
          let s0 = start, s1 = start, s2 = start, s3 = start;
          for (let ky = kyBegin; ky < kyEnd; ky++) {
            let at = from + (y + ky * dh) * row + x * 16;
            let pw = weights + ky * kw * 16;
            for (const end = pw + kw * 16; pw < end; pw += 16, at += right) {
              const f = v128.load(pw);
              let p = at;
              s0 = madd(f, v128.load(p), s0);
              p += step;
              s1 = madd(f, v128.load(p), s1);
              p += step;
              s2 = madd(f, v128.load(p), s2);
              p += step;
              s3 = madd(f, v128.load(p), s3);
            }
          }
          v128.store(to, clamp(s0, lo, hi));
          v128.store(to, clamp(s1, lo, hi), 16);
          v128.store(to, clamp(s2, lo, hi), 32);
          v128.store(to, clamp(s3, lo, hi), 48);
          to += 64;
          ox += 4;
        } else {
          const kxBegin = x < 0 ? (-x + dw - 1) / dw : 0;
          const kxEnd = min(kw, x < w ? (w - x + dw - 1) / dw : 0);
          let s = start;
          for (let ky = kyBegin; ky < kyEnd; ky++) {
            let at = from + (y + ky * dh) * row + (x + kxBegin * dw) * 16;
            let pw = weights + (ky * kw + kxBegin) * 16;
            for (let kx = kxBegin; kx < kxEnd; kx++, pw += 16, at += right) {
              s = madd(v128.load(pw), v128.load(at), s);
            }
          }
          v128.store(to, clamp(s, lo, hi));
          to += 16;
          ox++;
        }
      }
    }
  }
}

/**
 * Pools windows. `kind` 0: the largest; 1: the mean of what lies in the image; 2: the mean over the whole window,
 * places of padding counting as zeros, those beyond the padding (at the ends) not counting.
 */
export function pool(
  kind: i32, blocks: usize, h: isize, w: isize, kh: isize, kw: isize, sh: isize, sw: isize, dh: isize, dw: isize,
  top: isize, left: isize, bottom: isize, right: isize, oh: isize, ow: isize, from: usize, to: usize,
): void {
  const plane = h * w * 16;
  for (let c: usize = 0; c < blocks; c++, from += plane) {
    for (let oy: isize = 0; oy < oh; oy++) {
      const y = oy * sh - top;
      const kyBegin = y < 0 ? (-y + dh - 1) / dh : 0;
      const kyEnd = min(kh, y < h ? (h - y + dh - 1) / dh : 0);
      for (let ox: isize = 0; ox < ow; ox++, to += 16) {
        const x = ox * sw - left;
        const kxBegin = x < 0 ? (-x + dw - 1) / dw : 0;
        const kxEnd = min(kw, x < w ? (w - x + dw - 1) / dw : 0);
        let s = kind == 0 ? f32x4.splat(-Infinity) : f32x4.splat(0);
        for (let ky = kyBegin; ky < kyEnd; ky++) {
          let at = from + ((y + ky * dh) * w + x + kxBegin * dw) * 16;
          for (let kx = kxBegin; kx < kxEnd; kx++, at += dw * 16) {
            s = kind == 0 ? f32x4.max(s, v128.load(at)) : f32x4.add(s, v128.load(at));
          }
        }
        if (kind != 0) {
          let count = (kyEnd - kyBegin) * (kxEnd - kxBegin);
          if (kind == 2) {
            const rows = min(kh, (h + bottom - y + dh - 1) / dh);
            const columns = min(kw, (w + right - x + dw - 1) / dw);
            count = rows * columns;
          }
          s = f32x4.div(s, f32x4.splat(<f32>count));
        }
        v128.store(to, s);
      }
    }
  }
}

/** The mean over all pixels of each channel. */
export function poolAll(blocks: usize, pixels: usize, from: usize, to: usize): void {
  const count = f32x4.splat(<f32>pixels);
  for (let c: usize = 0; c < blocks; c++, to += 16) {
    let s = f32x4.splat(0), t = f32x4.splat(0);
    let p: usize = 0;
    for (; p + 2 <= pixels; p += 2, from += 32) {
      s = f32x4.add(s, v128.load(from));
      t = f32x4.add(t, v128.load(from, 16));
    }
    for (; p < pixels; p++, from += 16) s = f32x4.add(s, v128.load(from));
    v128.store(to, f32x4.div(f32x4.add(s, t), count));
  }
}
