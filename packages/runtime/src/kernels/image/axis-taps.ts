import type { ResizeView } from '@refold/ir';

/** How one axis is resized: lengths, factor, and the region for `tf_crop_and_resize`. */
export interface ResizedAxis {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  readonly start: number;
  readonly end: number;
}

/** For each place of the result `count` places of the input and their weights; `nearest` needs no weights. */
export interface Taps {
  readonly count: number;
  readonly places: Int32Array;
  readonly weights: Float64Array;
  /** Places of the result that lie outside the input and get the extrapolation value; absent for none. */
  readonly outside: Uint8Array | undefined;
}

const f = Math.fround;

/**
 * The place in the input that a place in the result is mapped to, in float32 as the formulas are: which
 * pixel is nearest depends on the last bit.
 */
function sourcePlace(view: ResizeView, a: ResizedAxis, x: number): number {
  const scale = f(a.scale);
  switch (view.coordinates) {
    case 'half_pixel':
      return f(f(f(x + 0.5) / scale) - 0.5);
    case 'half_pixel_symmetric': {
      // The width that the factor asks for may be a fraction; what is missing is cut on both sides.
      const adjustment = a.to / (a.scale * a.from);
      const offset = (a.from / 2) * (1 - adjustment);
      return f(offset + f(f(x + 0.5) / scale) - 0.5);
    }
    case 'pytorch_half_pixel':
      return a.to > 1 ? f(f(f(x + 0.5) / scale) - 0.5) : 0;
    case 'tf_half_pixel_for_nn':
      return f(f(x + 0.5) / scale);
    case 'asymmetric':
      return f(x / scale);
    case 'align_corners': {
      const width = a.scale * a.from;
      return width === 1 ? 0 : f(f(x * (a.from - 1)) / f(width - 1));
    }
    case 'tf_crop_and_resize': {
      const last = a.from - 1;
      if (a.to <= 1) return f(f(0.5 * f(a.start + a.end)) * last);
      return f(f(a.start * last) + f(f(f(x * f(a.end - a.start)) * last) / (a.to - 1)));
    }
  }
}

/**
 * Places and weights for an axis; `room` makes that for weights. The result is allocated before, which bounds the
 * length of the axis.
 */
export function axisTaps(view: ResizeView, a: ResizedAxis, room: (count: number) => Float64Array): Taps {
  if (view.mode === 'nearest') return nearestTaps(view, a);
  const shrink = view.antialias ? Math.min(a.scale, 1) : 1;
  const reach = Math.ceil((view.mode === 'cubic' ? 2 : 1) / shrink);
  const count = 2 * reach;
  const weights = room(a.to * count);
  const places = new Int32Array(weights.length);
  const outside = view.coordinates === 'tf_crop_and_resize' ? new Uint8Array(a.to) : undefined;
  for (let x = 0; x < a.to; x += 1) {
    const source = sourcePlace(view, a, x);
    if (outside && (source < 0 || source > a.from - 1)) outside[x] = 1;
    // The pixel before the source, so that the fraction is in (0, 1].
    const base = Math.ceil(source) - 1;
    let sum = 0;
    for (let k = 0; k < count; k += 1) {
      const place = base + k - reach + 1;
      const inside = place >= 0 && place < a.from;
      const w = inside || !view.excludeOutside ? weight(view, (place - source) * shrink) : 0;
      places[x * count + k] = Math.min(Math.max(place, 0), a.from - 1);
      weights[x * count + k] = w;
      sum += w;
    }
    if ((view.antialias || view.excludeOutside) && sum !== 0) {
      for (let k = x * count; k < (x + 1) * count; k += 1) weights[k] = (weights[k] as number) / sum;
    }
  }
  return { count, places, weights, outside };
}

/** Weight of a pixel at a distance, by the interpolation of the mode. */
function weight(view: ResizeView, distance: number): number {
  const d = Math.abs(distance);
  if (view.mode === 'linear') return Math.max(0, 1 - d);
  const a = view.cubicCoefficient;
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

function nearestTaps(view: ResizeView, a: ResizedAxis): Taps {
  const places = new Int32Array(a.to);
  const weights = new Float64Array(0);
  const outside = view.coordinates === 'tf_crop_and_resize' ? new Uint8Array(a.to) : undefined;
  for (let x = 0; x < a.to; x += 1) {
    const source = sourcePlace(view, a, x);
    if (outside && (source < 0 || source > a.from - 1)) outside[x] = 1;
    places[x] = Math.min(Math.max(rounded(view, a, source), 0), a.from - 1);
  }
  return { count: 1, places, weights, outside };
}

function rounded(view: ResizeView, a: ResizedAxis, source: number): number {
  switch (view.rounding) {
    case 'round_prefer_floor':
      return Math.ceil(source - 0.5);
    case 'round_prefer_ceil':
      return Math.floor(source + 0.5);
    case 'floor':
      return Math.floor(source);
    case 'ceil':
      return Math.ceil(source);
    case 'ceil_when_shrinking':
      return a.scale < 1 ? Math.ceil(source) : Math.floor(source);
  }
}
