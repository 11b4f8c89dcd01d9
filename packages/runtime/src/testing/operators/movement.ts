import { dtypeCode, elementCount, isFloat } from '@refold/ir';
import { tensorFromNd } from '../../tensor/codec.ts';
import { hasAxes, hasElements, type Site } from '../build/site.ts';
import { each, type Family, type Generator } from './generator.ts';

const transpose: Generator = (s) => {
  const x = s.value(s.data(s.types(0)));
  const axes = x.dims.map((_, axis) => axis);
  s.node([x], { perm: s.maybe(() => s.choices.shuffled(axes)) });
};

/** Sizes with a product. */
function factors(s: Site, count: number): readonly number[] {
  const dims: number[] = [];
  let rest = count;
  while (rest > 1 && dims.length < 3) {
    const divisors = Array.from({ length: rest }, (_, i) => i + 1).filter((d) => rest % d === 0);
    const d = s.choices.of(divisors);
    dims.push(d);
    rest /= d;
  }
  return [...dims, rest];
}

const reshape: Generator = (s) => {
  const x = s.value(s.data(s.types(0)));
  const count = elementCount(x.dims);
  const shape = [...(count === 0 ? x.dims : factors(s, count))];
  if (count === 0) return void s.node([x, s.ints(shape)], { allowzero: s.version < 14 ? undefined : 1 });
  const at = s.choices.below(shape.length);
  // 0 stands for the size that the operand has there.
  if (s.choices.flag() && shape[at] === x.dims[at]) shape[at] = 0;
  const allowzero = shape.includes(0) ? undefined : s.flag();
  const open = s.choices.below(shape.length);
  if (s.choices.flag() && shape[open] !== 0) shape[open] = -1;
  s.node([x, s.ints(shape)], { allowzero: allowzero === 1 && shape.includes(-1) ? undefined : allowzero });
};

const flatten: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { fits: hasAxes });
  const rank = x.dims.length;
  const low = s.version < 11 ? 0 : -rank;
  s.node([x], { axis: s.maybe(() => s.choices.between(low, rank)) });
};

const squeeze: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { fits: (dims) => dims.includes(1) });
  const ones = x.dims.flatMap((d, axis) => (d === 1 ? [axis] : []));
  const some = s.choices.some(ones);
  const axes = s.maybe(() => (some.length > 0 ? some : ones));
  if (s.has('axes')) s.node([x], { axes });
  else s.node([x, axes && s.ints(axes.map((a) => (s.choices.rarely(3) ? a - x.dims.length : a)))]);
};

const unsqueeze: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [0, 3] });
  const count = s.choices.between(1, 2);
  const rank = x.dims.length + count;
  const axes = [...s.choices.shuffled(Array.from({ length: rank }, (_, a) => a)).slice(0, count)].sort(
    (a, b) => a - b,
  );
  if (s.has('axes')) s.node([x], { axes });
  else s.node([x, s.ints(axes.map((a) => (s.choices.rarely(3) ? a - rank : a)))]);
};

const concat: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4] });
  const axis = s.version < 11 ? s.choices.below(x.dims.length) : s.axis(x.dims.length);
  const at = axis < 0 ? axis + x.dims.length : axis;
  const fits = (dims: readonly number[]): boolean =>
    dims.length === x.dims.length && dims.every((d, i) => i === at || d === x.dims[i]);
  const others = Array.from({ length: s.choices.below(3) }, () =>
    s.value([x.dtype], { rank: [1, 4], fits, dims: () => x.dims.map((d, i) => (i === at ? s.size() : d)) }),
  );
  s.node([x, ...others], { axis });
};

/** Numbers that add up to a total. */
function parts(s: Site, total: number, count: number): readonly number[] {
  const out: number[] = [];
  let rest = total;
  for (let i = 1; i < count; i += 1) {
    const part = s.choices.below(rest + 1);
    out.push(part);
    rest -= part;
  }
  return [...out, rest];
}

const split: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  const axis = s.version < 11 ? s.choices.below(x.dims.length) : s.axis(x.dims.length);
  const size = x.dims.at(axis) ?? 1;
  const even = s.choices.of([1, 2, 3].filter((n) => size % n === 0));
  if (s.choices.flag()) {
    if (s.version < 18) return void s.node([x], { axis }, even);
    const count = s.choices.between(1, Math.min(size, 3));
    // The last part may be smaller, but not empty.
    const part = Math.ceil(size / count);
    const parts = Math.ceil(size / part);
    return void s.node([x], { axis, num_outputs: parts }, parts);
  }
  const sizes = parts(s, size, s.choices.between(1, 3));
  if (s.has('split')) s.node([x], { axis, split: sizes }, sizes.length);
  else s.node([x, s.ints(sizes)], { axis }, sizes.length);
};

const ends = [0, 1, -1, 2, -2, 3, 1000, -1000, 2 ** 31 - 1];

const slice: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4] });
  const all = s.choices.some(x.dims.map((_, axis) => axis));
  const axes = all.length === 0 ? [0] : all;
  const starts = axes.map(() => s.choices.of(ends));
  const stops = axes.map(() => s.choices.of([...ends].reverse()));
  if (s.has('starts')) return void s.node([x], { axes, starts, ends: stops });
  const dtype = s.dtype(s.types(1));
  const list = (numbers: readonly number[]) => s.known(dtype, [numbers.length], numbers);
  const implicit = axes.every((a, i) => a === i) && s.choices.flag();
  const written = axes.map((a) => (s.choices.rarely(3) ? a - x.dims.length : a));
  const steps = s.maybe(() => list(axes.map(() => s.choices.of([1, -1, 2, -2, 3]))));
  s.node([x, list(starts), list(stops), implicit ? undefined : list(written), steps]);
};

const expand: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [0, 3] });
  const same = x.dims.map((d) => (d === 1 ? s.choices.between(1, 3) : s.choices.flag() && d !== 0 ? 1 : d));
  const front = Array.from({ length: s.choices.below(2) }, () => s.choices.between(1, 3));
  s.node([x, s.ints([...front, ...same])]);
};

const tile: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4] });
  s.node([x, s.ints(x.dims.map(() => s.choices.of([1, 2, 3, 0])))]);
};

/** How far a side can grow when what is there is mirrored or repeated. */
function padded(s: Site, mode: string, size: number): number {
  if (mode === 'constant') return s.choices.of([0, 1, 2, -1].filter((p) => size + 2 * p >= 0));
  const most = mode === 'reflect' ? size - 1 : mode === 'wrap' ? size : 3;
  return Math.min(s.choices.below(3), Math.max(0, most));
}

const pad: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  const modes = ['constant', 'constant', 'reflect', 'edge', ...(s.version >= 19 ? ['wrap'] : [])];
  const mode = s.choices.of(modes);
  const rank = x.dims.length;
  const some =
    s.version >= 18 && s.choices.flag() ? s.choices.some(x.dims.map((_, axis) => axis)) : undefined;
  const axes = some?.length === 0 ? undefined : some;
  const at = axes ?? x.dims.map((_, axis) => axis);
  const side = () => at.map((axis) => padded(s, mode, x.dims[axis] ?? 1));
  const pads = [...side(), ...side()];
  const given = s.maybe(() => mode);
  const constant = given === undefined || given === 'constant';
  if (s.has('pads'))
    return void s.node([x], {
      pads: legal(pads, given),
      mode: given,
      value: constant ? s.float() : undefined,
    });
  const value = constant ? s.maybe(() => s.fresh(x.dtype, [])) : undefined;
  const list =
    axes &&
    s.known(
      s.dtype(s.types(3)),
      [axes.length],
      axes.map((a) => (s.choices.flag() ? a - rank : a)),
    );
  s.node([x, s.ints(legal(pads, given)), value, list], { mode: given });
};

/** Cutting off is for constant mode alone. */
function legal(pads: readonly number[], mode: string | undefined): readonly number[] {
  return mode === undefined || mode === 'constant' ? pads : pads.map((p) => Math.max(0, p));
}

const depthToSpace: Generator = (s) => {
  const block = s.choices.between(1, 2);
  const x = s.value(s.data(s.types(0)), {
    rank: [4, 4],
    fits: (dims) => hasElements(dims) && (dims[1] ?? 0) % (block * block) === 0,
    dims: () => [s.choices.between(1, 2), block * block * s.choices.between(1, 2), ...s.sizes(2)],
  });
  s.node([x], { blocksize: block, mode: s.maybe(() => s.choices.of(['DCR', 'CRD'])) });
};

const spaceToDepth: Generator = (s) => {
  const block = s.choices.between(1, 2);
  const x = s.value(s.data(s.types(0)), {
    rank: [4, 4],
    fits: (dims) => hasElements(dims) && (dims[2] ?? 0) % block === 0 && (dims[3] ?? 0) % block === 0,
    dims: () => [...s.sizes(2), block * s.choices.between(1, 2), block * s.choices.between(1, 2)],
  });
  s.node([x], { blocksize: block, mode: s.maybe(() => s.choices.of(['DCR', 'CRD'])) });
};

const shape: Generator = (s) => {
  const x = s.value(s.data(s.types(0)));
  s.node([x], {
    start: s.maybe(() => s.choices.between(-2, 2)),
    end: s.maybe(() => s.choices.between(-2, 4)),
  });
};

const size: Generator = (s) => void s.node([s.value(s.data(s.types(0)))]);

const trilu: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [2, 4] });
  const k = s.maybe(() => s.known('int64', [], [s.choices.between(-3, 3)]));
  s.node([x, k], { upper: s.flag() });
};

const eyeLike: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [2, 2] });
  const dtype = s.maybe(() => dtypeCode(s.dtype(s.data(s.typesOf('T2')))));
  s.node([x], { k: s.maybe(() => s.choices.between(-3, 3)), dtype });
};

const constantOfShape: Generator = (s) => {
  const dims = s.dims();
  const dtype = s.dtype(s.data(s.typesOf('T2')));
  const value = s.maybe(() => tensorFromNd(s.array(dtype, [1])));
  s.node([s.ints(dims)], { value });
};

const constant: Generator = (s) => {
  const scalar = s.version >= 12 ? s.choices.below(4) : 0;
  if (scalar === 1) return void s.node([], { value_float: s.float() ?? 1 });
  if (scalar === 2) return void s.node([], { value_int: s.choices.below(9) });
  if (scalar === 3) return void s.node([], { value_ints: s.sizes(s.choices.below(3)) });
  s.node([], { value: tensorFromNd(s.array(s.dtype(s.data(s.typesOf('T'))), s.dims())) });
};

const range: Generator = (s) => {
  const dtype = s.dtype(s.data(s.types(0)));
  const step = isFloat(dtype) ? s.choices.of([1, 0.5, -0.25, 2]) : s.choices.of([1, 2, -1, -3]);
  const start = s.choices.between(-3, 3);
  const scalar = (v: number) => s.known(dtype, [], [v]);
  s.node([scalar(start), scalar(start + step * s.choices.of([3, 4, 0, -1, 2.5])), scalar(step)]);
};

const centerCropPad: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  const some = s.maybe(() => s.choices.some(x.dims.map((_, axis) => axis)));
  const axes = some?.length === 0 ? undefined : some;
  const sizes = s.sizes(axes?.length ?? x.dims.length);
  s.node([x, s.known(s.dtype(s.types(1)), [sizes.length], sizes)], { axes });
};

export const movementFamily: Family = {
  Transpose: transpose,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Concat: concat,
  Split: split,
  Slice: slice,
  Expand: expand,
  Tile: tile,
  Pad: pad,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Shape: shape,
  ...each('Size', size),
  Trilu: trilu,
  EyeLike: eyeLike,
  ConstantOfShape: constantOfShape,
  Constant: constant,
  Range: range,
  CenterCropPad: centerCropPad,
};
