/*
 * Regions of images in blocks of four channels, for RoiAlign. A sample lies between four pixels; the places and weights
 * along each axis are worked out in double, as the reference does.
 */

/** The first of the two pixels around a place on an axis of `size`; -1 more than a pixel outside. */
// @ts-ignore: decorator
@inline
function pixelAt(at: f64, size: isize): isize {
  return at >= -1 && at <= <f64>size ? min(<isize>floor(max(at, 0.0)), size - 1) : -1;
}

/** The weight of the second one, which is the first one at the border. */
// @ts-ignore: decorator
@inline
function weightAt(at: f64, first: isize, size: isize): f64 {
  return first + 1 < size ? max(at, 0.0) - <f64>first : 0;
}

/**
 * One region, pooled to [blocks][oh · ow][4]: bins of `binY` x `binX` pixels from (`startY`, `startX`), each with a grid of
 * samples. `largest`: the largest weighted pixel, else the mean of the samples. Samples outside of the image are 0.
 */
export function poolRegion(
  largest: bool, blocks: usize, h: isize, w: isize, oh: isize, ow: isize, gridY: isize, gridX: isize,
  startY: f64, startX: f64, binY: f64, binX: f64, from: usize, to: usize,
): void {
  const plane = h * w * 16, step = oh * ow * 16;
  const none = f32x4.splat(largest && gridY * gridX > 0 ? -Infinity : 0);
  const count = f32x4.splat(<f32>(gridY * gridX));
  const end = to + blocks * step;
  for (let by: isize = 0; by < oh; by++) {
    for (let bx: isize = 0; bx < ow; bx++) {
      const bin = to + (by * ow + bx) * 16;
      for (let p = bin; p < end; p += step) v128.store(p, none);
      for (let iy: isize = 0; iy < gridY; iy++) {
        const y = startY + <f64>by * binY + ((<f64>iy + 0.5) * binY) / <f64>gridY;
        const top = pixelAt(y, h);
        const dy = weightAt(y, top, h);
        const row = from + top * w * 16;
        const below = top + 1 < h ? w * 16 : 0;
        for (let ix: isize = 0; ix < gridX; ix++) {
          const x = startX + <f64>bx * binX + ((<f64>ix + 0.5) * binX) / <f64>gridX;
          const left = pixelAt(x, w);
          if (top < 0 || left < 0) {
            if (largest) for (let p = bin; p < end; p += step) v128.store(p, f32x4.max(v128.load(p), f32x4.splat(0)));
            continue;
          }
          const dx = weightAt(x, left, w);
          const beside: isize = left + 1 < w ? 16 : 0;
          const w0 = f32x4.splat(<f32>((1 - dy) * (1 - dx))), w1 = f32x4.splat(<f32>((1 - dy) * dx));
          const w2 = f32x4.splat(<f32>(dy * (1 - dx))), w3 = f32x4.splat(<f32>(dy * dx));
          let at = row + left * 16;
          for (let p = bin; p < end; p += step, at += plane) {
            const a = f32x4.mul(v128.load(at), w0), b = f32x4.mul(v128.load(at + beside), w1);
            const c = f32x4.mul(v128.load(at + below), w2), d = f32x4.mul(v128.load(at + below + beside), w3);
            const before = v128.load(p);
            if (largest) v128.store(p, f32x4.max(before, f32x4.max(f32x4.max(a, b), f32x4.max(c, d))));
            else v128.store(p, f32x4.add(before, f32x4.add(f32x4.add(a, b), f32x4.add(c, d))));
          }
        }
      }
      if (largest || gridY * gridX == 0) continue;
      for (let p = bin; p < end; p += step) v128.store(p, f32x4.div(v128.load(p), count));
    }
  }
}
