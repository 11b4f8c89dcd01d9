import { hasElements, type Site } from '../build/site.ts';
import type { Family, Generator } from './generator.ts';

/** Factors for the spatial axes, 1 for the others: short decimals, as exporters write them. */
function scales(s: Site, rank: number, least: number): readonly number[] {
  return Array.from({ length: rank }, (_, axis) =>
    axis < 2 ? 1 : s.choices.of([1, 2, 1.5, 3, ...(least < 1 ? [0.5, 0.75] : [])]),
  );
}

/** The operand of a resizing mode: only `nearest` takes elements that have no weighted sums. */
function resized(s: Site, mode: string | undefined) {
  const types = s
    .types(0)
    .filter((d) => mode === undefined || mode === 'nearest' || !/string|complex|bool/.test(d));
  return s.value(s.data(types), { rank: [4, 4], fits: hasElements });
}

const upsample: Generator = (s) => {
  const mode = s.maybe(() => s.choices.of(['nearest', 'linear']));
  const x = resized(s, mode);
  const factors = scales(s, x.dims.length, 1);
  if (s.version < 9) return void s.node([x], { scales: factors, mode });
  s.node([x, s.known('float32', [factors.length], factors)], { mode });
};

const coordinates = [
  'half_pixel',
  'half_pixel',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_crop_and_resize',
];

const resize: Generator = (s) => {
  const mode = s.choices.of(s.version < 11 ? ['nearest', 'linear'] : ['nearest', 'linear', 'cubic']);
  const x = resized(s, mode);
  const rank = x.dims.length;
  const factors = scales(s, rank, 0.5);
  if (s.version < 11) return void s.node([x, s.known('float32', [rank], factors)], { mode });
  const numeric = !/string|complex/.test(x.dtype);
  const places = s.choices.of([
    ...coordinates.filter((name) => numeric || name !== 'tf_crop_and_resize'),
    ...(s.version < 13 ? ['tf_half_pixel_for_nn'] : []),
    ...(s.version >= 19 ? ['half_pixel_symmetric'] : []),
  ]);
  const crops = places === 'tf_crop_and_resize';
  const roi = crops
    ? s.known(s.dtype(s.types(1)), [2 * rank], [0, 0, 0, 0.25, 1, 1, 0.75, 1])
    : s.version < 13
      ? s.known('float32', [0], [])
      : undefined;
  const shrinks = factors.some((f) => f < 1);
  const attributes = {
    mode,
    coordinate_transformation_mode: s.choices.flag() || crops ? places : undefined,
    nearest_mode:
      mode === 'nearest'
        ? s.maybe(() => s.choices.of(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']))
        : undefined,
    cubic_coeff_a: mode === 'cubic' ? s.maybe(() => s.choices.of([-0.75, -0.5])) : undefined,
    exclude_outside: mode === 'cubic' && !crops ? s.flag() : undefined,
    extrapolation_value: crops ? s.float() : undefined,
    antialias: mode !== 'nearest' && shrinks && !crops ? s.flag() : undefined,
  };
  if (s.choices.flag()) {
    const scaleInput = s.known('float32', [rank], factors);
    // Opset 11 has the input for sizes, and it may be absent.
    return void s.node([x, roi, scaleInput], attributes);
  }
  const sizes = x.dims.map((d, i) => Math.max(1, Math.floor(d * (factors[i] ?? 1))));
  const none = s.version < 13 ? s.known('float32', [0], []) : undefined;
  s.node([x, roi, none, s.ints(sizes)], attributes);
};

const gridSample: Generator = (s) => {
  const spatial = s.version < 20 ? 2 : s.choices.of([2, 2, 3]);
  const mode =
    s.version < 20
      ? s.choices.of(['bilinear', 'nearest', 'bicubic'])
      : s.choices.of(['linear', 'nearest', 'cubic']);
  const x = s.value(
    s.data(s.types(0)).filter((d) => !/bool|string|complex/.test(d)),
    {
      rank: [spatial + 2, spatial + 2],
      fits: hasElements,
      dims: () => [s.choices.between(1, 2), s.choices.between(1, 2), ...s.sizes(spatial, 2)],
    },
  );
  const cubicInSpace = spatial === 3 && mode === 'cubic';
  const places = [x.dims[0] ?? 1, ...s.sizes(spatial), spatial];
  const grid = s.fresh(s.dtype(s.data(s.types(1))), places, { from: -1.25, to: 1.25 });
  s.node([x, grid], {
    mode: cubicInSpace ? 'linear' : mode,
    padding_mode: s.maybe(() => s.choices.of(['zeros', 'border', 'reflection'])),
    align_corners: s.flag(),
  });
};

const affineGrid: Generator = (s) => {
  const spatial = s.choices.of([2, 2, 3]);
  const batch = s.choices.between(1, 2);
  const theta = s.like(s.dtype(s.data(s.types(0))), [batch, spatial, spatial + 1]);
  s.node([theta, s.ints([batch, s.choices.between(1, 2), ...s.sizes(spatial, 2)])], {
    align_corners: s.flag(),
  });
};

/** Regions as corners, the second one to the right of and below the first. */
function regions(s: Site, count: number, side: number, front: readonly (() => number)[]): readonly number[] {
  return Array.from({ length: count }, () => {
    const [x, y] = [s.choices.below(side), s.choices.below(side)];
    return [...front.map((f) => f()), x, y, x + s.choices.between(1, side), y + s.choices.between(1, side)];
  }).flat();
}

const roiAlign: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [4, 4], fits: hasElements });
  const count = s.choices.between(1, 2);
  const boxes = s.known(x.dtype, [count, 4], regions(s, count, 4, []));
  const batches = s.fresh('int64', [count], { from: 0, to: (x.dims[0] ?? 1) - 1 });
  s.node([x, boxes, batches], {
    mode: s.maybe(() => s.choices.of(['avg', 'max'])),
    output_height: s.choices.between(1, 2),
    output_width: s.choices.between(1, 2),
    sampling_ratio: s.maybe(() => s.choices.below(3)),
    spatial_scale: s.maybe(() => s.choices.of([1, 0.5])),
    coordinate_transformation_mode: s.maybe(() => s.choices.of(['half_pixel', 'output_half_pixel'])),
  });
};

const maxRoiPool: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [4, 4], fits: hasElements });
  const count = s.choices.between(1, 2);
  const batch = () => s.choices.below(x.dims[0] ?? 1);
  const boxes = s.known(x.dtype, [count, 5], regions(s, count, 3, [batch]));
  s.node([x, boxes], {
    pooled_shape: [s.choices.between(1, 2), s.choices.between(1, 2)],
    spatial_scale: s.maybe(() => s.choices.of([1, 0.5])),
  });
};

const nonMaxSuppression: Generator = (s) => {
  const [batch, boxes, classes] = [s.choices.between(1, 2), s.choices.between(1, 4), s.choices.between(1, 2)];
  const corners = Array.from({ length: batch }, () => regions(s, boxes, 4, [])).flat();
  const places = s.known('float32', [batch, boxes, 4], corners);
  const scores = s.fresh('float32', [batch, classes, boxes], { from: 0, to: 1 });
  const most = s.known('int64', s.choices.flag() ? [] : [1], [s.choices.between(1, 3)]);
  const iou = s.maybe(() => s.known('float32', [], [s.choices.of([0.5, 0.3, 0.9])]));
  const least = s.maybe(() => s.known('float32', [], [s.choices.of([0.1, 0.5])]));
  s.node([places, scores, most, iou, least], { center_point_box: s.flag() });
};

export const imageFamily: Family = {
  Upsample: upsample,
  Resize: resize,
  GridSample: gridSample,
  AffineGrid: affineGrid,
  RoiAlign: roiAlign,
  MaxRoiPool: maxRoiPool,
  NonMaxSuppression: nonMaxSuppression,
};
