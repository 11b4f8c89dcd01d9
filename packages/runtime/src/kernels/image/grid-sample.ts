import { dtypeKind, type GridSampleView, gridSample } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor, type Reals, reals } from '../../tensor/reals.ts';
import { strides } from '../../tensor/strides.ts';
import { byParts } from '../complex-parts.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { doubles, realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';

/** Samples an image of any number of axes at the places of a grid. */
export const gridSampleKernel: Kernel = {
  name: 'GridSample',
  run(inputs, ctx) {
    const x = asTensor(inputs[0], ctx, 0);
    const grid = realOperand(inputs, ctx, 1);
    if (dtypeKind(x.dtype) === 'string') throw ctx.op.invalid('strings cannot be weighted');
    if (x.dims[0] !== grid.dims[0]) throw ctx.op.invalid(`${x.dims[0]} images with ${grid.dims[0]} grids`);
    return [byParts(x, ctx, (part) => sampled(part, grid, ctx))];
  },
};

function sampled(x: NdArray, grid: NdArray, ctx: KernelContext): NdArray {
  const view = gridSample.view(ctx.op);
  const [batches = 0, channels = 0, ...spatial] = x.dims;
  const out = realResult(ctx, x.dtype, resultDims(ctx, gridSample, view));
  if (out.values.length === 0) return out.done();
  if (x.size === 0) throw ctx.op.invalid('an empty image cannot be sampled');
  const data = reals(x);
  const coordinates = reals(grid);
  const axes = spatial.map((size, i) => new SampledAxis(view, size, strides(spatial)[i] ?? 1));
  const taps = axes.reduce((n, axis) => n * axis.count, 1);
  const offsets = doubles(ctx, [taps]);
  const weights = doubles(ctx, [taps]);
  const places = grid.size / (batches * axes.length);
  const plane = x.size / (batches * channels);
  for (let n = 0; n < batches; n += 1) {
    for (let p = 0; p < places; p += 1) {
      ctx.tick();
      const at = (n * places + p) * axes.length;
      // Coordinates stand in the order of the axes from the last one to the first.
      axes.forEach((axis, i) => {
        axis.locate(coordinates[at + axes.length - 1 - i] as number);
      });
      combine(axes, offsets, weights);
      for (let c = 0; c < channels; c += 1) {
        const image = n * channels + c;
        out.values[image * places + p] = sample(data, image * plane, offsets, weights);
      }
    }
  }
  return out.done();
}

/** The pixels that a coordinate touches along one axis, and their weights. */
class SampledAxis {
  readonly count: number;
  readonly offsets: Float64Array;
  readonly weights: Float64Array;
  private readonly view: GridSampleView;
  private readonly size: number;
  private readonly stride: number;
  private readonly low: number;
  private readonly high: number;

  constructor(view: GridSampleView, size: number, stride: number) {
    this.view = view;
    this.size = size;
    this.stride = stride;
    this.low = view.alignCorners ? 0 : -0.5;
    this.high = view.alignCorners ? size - 1 : size - 0.5;
    this.count = view.mode === 'nearest' ? 1 : view.mode === 'linear' ? 2 : 4;
    this.offsets = new Float64Array(this.count);
    this.weights = new Float64Array(this.count);
  }

  /** Takes a coordinate in which -1 and 1 are the ends of the axis. */
  locate(coordinate: number): void {
    let x = this.pixel(coordinate);
    if (this.view.mode === 'nearest') {
      this.put(0, this.inside(roundHalfToEven(x)), 1);
      return;
    }
    // Cubic interpolation beyond the border goes on there; only its pixels are those of the border.
    if (this.view.mode === 'linear' || this.view.padding !== 'border') x = this.inside(x);
    const base = Math.floor(x);
    const d = x - base;
    if (this.view.mode === 'linear') {
      this.put(0, base, 1 - d);
      this.put(1, base + 1, d);
      return;
    }
    this.put(0, base - 1, cubic(1 + d));
    this.put(1, base, cubic(d));
    this.put(2, base + 1, cubic(1 - d));
    this.put(3, base + 2, cubic(2 - d));
  }

  /** The coordinate in pixels, in float32: which pixel is nearest depends on the last bit. */
  private pixel(n: number): number {
    return Math.fround(
      this.view.alignCorners ? ((n + 1) / 2) * (this.size - 1) : ((n + 1) * this.size - 1) / 2,
    );
  }

  /** What `border` and `reflection` make of a place outside the image. */
  private inside(x: number): number {
    if (x >= this.low && x <= this.high) return x;
    if (this.view.padding === 'border') return Math.min(Math.max(x, 0), this.size - 1);
    return this.view.padding === 'reflection' ? this.reflect(x) : x;
  }

  private put(k: number, place: number, weight: number): void {
    let at = place;
    if (this.view.padding === 'border') at = Math.min(Math.max(place, 0), this.size - 1);
    else if (this.view.padding === 'reflection') at = Math.trunc(this.reflect(place));
    const missing = at < 0 || at >= this.size;
    this.offsets[k] = missing ? 0 : at * this.stride;
    this.weights[k] = missing ? 0 : weight;
  }

  private reflect(x: number): number {
    if (x >= this.low && x <= this.high) return x;
    const range = this.high - this.low;
    if (range === 0) return this.low;
    const beyond = x < this.low ? this.low - x : x - this.high;
    const turns = Math.floor(beyond / range);
    const rest = beyond - turns * range;
    const fromLow = x < this.low === (turns % 2 === 0);
    return fromLow ? this.low + rest : this.high - rest;
  }
}

/** Weight at a distance by cubic convolution with coefficient -0.75. */
function cubic(distance: number): number {
  const a = -0.75;
  const d = distance;
  return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
}

function roundHalfToEven(x: number): number {
  const low = Math.floor(x);
  const d = x - low;
  if (d !== 0.5) return d < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

/** Offsets and weights of all pixels that a place touches: the products of those of the axes. */
function combine(axes: readonly SampledAxis[], offsets: Float64Array, weights: Float64Array): void {
  offsets[0] = 0;
  weights[0] = 1;
  let filled = 1;
  for (const axis of axes) {
    // From the last tap to the first, so that what is multiplied is still there.
    for (let k = axis.count - 1; k >= 0; k -= 1) {
      for (let i = 0; i < filled; i += 1) {
        offsets[k * filled + i] = (offsets[i] as number) + (axis.offsets[k] as number);
        weights[k * filled + i] = (weights[i] as number) * (axis.weights[k] as number);
      }
    }
    filled *= axis.count;
  }
}

function sample(data: Reals, from: number, offsets: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < offsets.length; i += 1) {
    const w = weights[i] as number;
    if (w !== 0) sum += w * (data[from + (offsets[i] as number)] as number);
  }
  return sum;
}
