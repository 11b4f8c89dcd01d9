import type { Dim } from '../../types/dim.ts';
import { axisOf } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { sizesOperand } from '../sizes.ts';

/** How a place in the result is mapped to a place in the input, by the names of the specification. */
export type ResizeCoordinates =
  | 'half_pixel'
  | 'half_pixel_symmetric'
  | 'pytorch_half_pixel'
  | 'align_corners'
  | 'asymmetric'
  | 'tf_half_pixel_for_nn'
  | 'tf_crop_and_resize';

/** How `nearest` rounds; Resize 10 rounded up where it shrinks and down elsewhere. */
export type ResizeRounding =
  | 'round_prefer_floor'
  | 'round_prefer_ceil'
  | 'floor'
  | 'ceil'
  | 'ceil_when_shrinking';

/** Parameters of `Resize` and `Upsample`. Lists have one entry for each of `axes`. */
export type ResizeView = {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly coordinates: ResizeCoordinates;
  readonly rounding: ResizeRounding;
  readonly cubicCoefficient: number;
  /** Whether places outside the input have no weight; else the border is repeated. */
  readonly excludeOutside: boolean;
  /** What `tf_crop_and_resize` gives outside the input. */
  readonly extrapolationValue: number;
  /** Whether the filter is stretched where the result is smaller. */
  readonly antialias: boolean;
  /** Axes that change, non-negative; undefined for all axes of an unknown rank. */
  readonly axes: readonly number[] | undefined;
  /** Factors, when they are given and constant. */
  readonly scales: readonly number[] | undefined;
  /** Wanted sizes, when they are given and known, perhaps as symbols. */
  readonly sizes: readonly Dim[] | undefined;
  readonly aspect: 'stretch' | 'not_larger' | 'not_smaller';
  /** Starts of the region, then ends, as fractions of the input, when it is constant. */
  readonly region: readonly number[] | undefined;
};

const coordinateModes: ReadonlySet<string> = new Set<ResizeCoordinates>([
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_half_pixel_for_nn',
  'tf_crop_and_resize',
]);

const roundings: ReadonlySet<string> = new Set<ResizeRounding>([
  'round_prefer_floor',
  'round_prefer_ceil',
  'floor',
  'ceil',
]);

function isCoordinates(name: string): name is ResizeCoordinates {
  return coordinateModes.has(name);
}

function isRounding(name: string): name is ResizeRounding {
  return roundings.has(name);
}

/** The view of `Resize` 11 and later, whose inputs are X, roi, scales, sizes. */
export function resizeView(ctx: OpContext): ResizeView {
  const coordinates = ctx.string('coordinate_transformation_mode') ?? 'half_pixel';
  const rounding = ctx.string('nearest_mode') ?? 'round_prefer_floor';
  const aspect = ctx.string('keep_aspect_ratio_policy') ?? 'stretch';
  if (!isCoordinates(coordinates)) {
    throw ctx.invalid(`coordinate_transformation_mode ${coordinates} is not known`);
  }
  if (!isRounding(rounding)) throw ctx.invalid(`nearest_mode ${rounding} is not known`);
  if (aspect !== 'stretch' && aspect !== 'not_larger' && aspect !== 'not_smaller') {
    throw ctx.invalid(`keep_aspect_ratio_policy ${aspect} is not known`);
  }
  const axes = resizedAxes(ctx);
  return {
    mode: modeOf(ctx),
    coordinates,
    rounding,
    cubicCoefficient: ctx.float('cubic_coeff_a') ?? -0.75,
    excludeOutside: (ctx.int('exclude_outside') ?? 0) !== 0,
    extrapolationValue: ctx.float('extrapolation_value') ?? 0,
    antialias: (ctx.int('antialias') ?? 0) !== 0,
    axes,
    scales: scalesOperand(ctx, 2, axes?.length),
    sizes: checkedSizes(ctx, axes?.length),
    aspect,
    region: coordinates === 'tf_crop_and_resize' ? regionOperand(ctx, axes?.length) : undefined,
  };
}

/** The view of the forms whose only parameters are scales and a mode. */
export function scalingView(
  ctx: OpContext,
  scales: readonly number[] | undefined,
  rounding: ResizeRounding,
): ResizeView {
  return {
    mode: modeOf(ctx),
    coordinates: 'asymmetric',
    rounding,
    cubicCoefficient: -0.75,
    excludeOutside: false,
    extrapolationValue: 0,
    antialias: false,
    axes: allAxes(ctx),
    scales,
    sizes: undefined,
    aspect: 'stretch',
    region: undefined,
  };
}

function modeOf(ctx: OpContext): ResizeView['mode'] {
  const mode = ctx.string('mode') ?? 'nearest';
  // Exporters of opset 7 and 8 wrote the name of the two-dimensional case.
  if (mode === 'bilinear') return 'linear';
  if (mode !== 'nearest' && mode !== 'linear' && mode !== 'cubic')
    throw ctx.invalid(`mode ${mode} is not known`);
  return mode;
}

function allAxes(ctx: OpContext): readonly number[] | undefined {
  return ctx.shape(0)?.map((_, axis) => axis);
}

function resizedAxes(ctx: OpContext): readonly number[] | undefined {
  const axes = ctx.intsAttribute('axes');
  const rank = ctx.rank(0);
  if (axes === undefined || axes.length === 0) return allAxes(ctx);
  if (rank === undefined) return axes.some((a) => a < 0) ? undefined : axes;
  const front = axes.map((axis) => axisOf(ctx, axis, rank, 'axes:'));
  if (new Set(front).size !== front.length) throw ctx.invalid('axes has an axis twice');
  return front;
}

/** Constant scales; an empty list means that they are not given. */
export function scalesOperand(
  ctx: OpContext,
  index: number,
  count: number | undefined,
): readonly number[] | undefined {
  return checkedScales(ctx, ctx.floats(index), count);
}

/** Checks scales, wherever they come from. */
export function checkedScales(
  ctx: OpContext,
  scales: readonly number[] | undefined,
  count: number | undefined,
): readonly number[] | undefined {
  if (scales === undefined || scales.length === 0) return undefined;
  for (const s of scales) {
    if (!(s > 0 && Number.isFinite(s))) throw ctx.invalid(`scales must be positive numbers, not ${s}`);
  }
  if (count !== undefined && scales.length !== count) {
    throw ctx.invalid(`it has ${scales.length} scales for ${count} axes`);
  }
  return scales;
}

function checkedSizes(ctx: OpContext, count: number | undefined): readonly Dim[] | undefined {
  const sizes = sizesOperand(ctx, 3);
  if (sizes === undefined || sizes.length === 0) return undefined;
  for (const s of sizes) {
    if (typeof s === 'number' && !(s >= 0)) throw ctx.invalid(`sizes must not be negative, as ${s} is`);
  }
  if (count !== undefined && sizes.length !== count) {
    throw ctx.invalid(`it has ${sizes.length} sizes for ${count} axes`);
  }
  return sizes;
}

function regionOperand(ctx: OpContext, count: number | undefined): readonly number[] | undefined {
  const region = ctx.floats(1);
  if (region !== undefined && count !== undefined && region.length !== 2 * count) {
    throw ctx.invalid(`roi has ${region.length} elements for ${count} axes`);
  }
  return region;
}
