import { elementCount, isInteger } from '@refold/ir';
import type { Operand } from '../build/scope.ts';
import { hasElements, type Site } from '../build/site.ts';
import { each, type Family, type Generator } from './generator.ts';

/** Places along an axis, counted from either end where the version allows it. */
function indices(s: Site, dims: readonly number[], size: number, input = 1): Operand {
  const dtype = s.dtype(s.types(input));
  return s.fresh(dtype, dims, { from: s.version < 11 ? 0 : -size, to: size - 1 });
}

const gather: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  const axis = s.axis(x.dims.length);
  s.node([x, indices(s, s.dims([0, 2]), x.dims.at(axis) ?? 1)], { axis });
};

/** Sizes of a block of a tensor: at most as large in every axis. */
const within = (s: Site, dims: readonly number[]): readonly number[] =>
  dims.map((d) => s.choices.between(1, d));

const gatherElements: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  const axis = s.axis(x.dims.length);
  const at = axis < 0 ? axis + x.dims.length : axis;
  const dims = within(s, x.dims).map((d, i) => (i === at ? s.choices.between(1, 3) : d));
  s.node([x, indices(s, dims, x.dims[at] ?? 1)], { axis });
};

/** Tuples of places in the leading axes of a tensor: each coordinate is valid for the smallest of them. */
function tuples(s: Site, batch: readonly number[], dims: readonly number[], depth: number): Operand {
  const axes = dims.slice(batch.length, batch.length + depth);
  const size = Math.min(...axes);
  return s.fresh('int64', [...batch, ...s.sizes(s.choices.below(2)), depth], {
    from: s.version < 11 ? 0 : -size,
    to: size - 1,
  });
}

const gatherNd: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  const rank = x.dims.length;
  const batch = s.version >= 12 && rank > 1 ? s.choices.below(Math.min(2, rank)) : 0;
  const depth = s.choices.between(1, rank - batch);
  s.node([x, tuples(s, x.dims.slice(0, batch), x.dims, depth)], { batch_dims: batch });
};

/** How updates that meet in one place are combined; without a way, there must be one update for a place. */
function reduction(s: Site): string | undefined {
  if (!s.has('reduction')) return undefined;
  return s.choices.of([undefined, 'none', 'add', 'mul', ...(s.version >= 18 ? ['min', 'max'] : [])]);
}

const scatterElements: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  const axis = s.axis(x.dims.length);
  const at = axis < 0 ? axis + x.dims.length : axis;
  const size = x.dims[at] ?? 1;
  const how = arithmetic(x) ? reduction(s) : undefined;
  const combined = how !== undefined && how !== 'none';
  const dims = within(s, x.dims).map((d, i) => (i === at && !combined ? 1 : d));
  const places = indices(s, dims, size);
  s.node([x, places, s.like(x.dtype, dims)], { axis, reduction: how });
};

const arithmetic = ({ dtype }: Operand): boolean =>
  dtype !== 'string' && dtype !== 'bool' && !dtype.startsWith('complex');

const scatterNd: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  const how = arithmetic(x) ? reduction(s) : undefined;
  const depth = s.choices.between(1, x.dims.length);
  const size = Math.min(...x.dims.slice(0, depth));
  const combined = how !== undefined && how !== 'none';
  const count = combined ? s.sizes(s.choices.between(1, 2)) : [1];
  const places = s.fresh('int64', [...count, depth], { from: s.version < 11 ? 0 : -size, to: size - 1 });
  s.node([x, places, s.like(x.dtype, [...count, ...x.dims.slice(depth)])], { reduction: how });
};

const oneHot: Generator = (s) => {
  const depth = s.choices.between(1, 4);
  const types = s.data(s.types(0));
  const signed = types.filter((d) => !d.startsWith('u'));
  const from = signed.length > 0 && s.version >= 11 ? -depth - 1 : 0;
  const index = s.fresh(s.dtype(from < 0 ? signed : types), s.dims([1, 3]), { of: whole(from, depth) });
  const depthType = s.dtype(s.data(s.types(1)).filter((d) => isInteger(d) || d === 'float32'));
  const values = s.fresh(s.dtype(s.data(s.types(2))), [2]);
  const axis = s.maybe(() => s.choices.between(-index.dims.length - 1, index.dims.length));
  s.node([index, s.known(depthType, s.choices.flag() ? [] : [1], [depth]), values], { axis });
};

const whole = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

const compress: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  const axis = s.maybe(() => (s.version < 11 ? s.choices.below(x.dims.length) : s.axis(x.dims.length)));
  const most = axis === undefined ? elementCount(x.dims) : (x.dims.at(axis) ?? 1);
  s.node([x, s.fresh('bool', [s.choices.between(1, most)])], { axis });
};

const reverseSequence: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [2, 4], fits: hasElements });
  const batch = s.choices.below(2);
  const lengths = s.fresh('int64', [x.dims[batch] ?? 1], { from: 1, to: x.dims[1 - batch] ?? 1 });
  s.node([x, lengths], { batch_axis: batch, time_axis: 1 - batch });
};

const tensorScatter: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [3, 4], fits: hasElements });
  const rank = x.dims.length;
  const at = s.choices.between(1, rank - 1);
  const length = x.dims[at] ?? 1;
  const count = s.choices.between(1, length);
  const circular = s.choices.flag();
  const update = s.like(
    x.dtype,
    x.dims.map((d, i) => (i === at ? count : d)),
  );
  const to = circular ? length - 1 : length - count;
  const places = s.maybe(() => s.fresh('int64', [x.dims[0] ?? 1], { from: 0, to }));
  s.node([x, update, places], {
    axis: s.choices.flag() ? at : at - rank,
    mode: circular ? 'circular' : 'linear',
  });
};

export const indexingFamily: Family = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ...each('ScatterElements Scatter', scatterElements),
  ScatterND: scatterNd,
  OneHot: oneHot,
  Compress: compress,
  ReverseSequence: reverseSequence,
  TensorScatter: tensorScatter,
};
