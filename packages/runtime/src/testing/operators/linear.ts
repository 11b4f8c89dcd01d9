import type { Operand } from '../build/scope.ts';
import { hasElements, type Site } from '../build/site.ts';
import { each, type Family, type Generator } from './generator.ts';

/** Sizes of a right operand for a product with rows of `inner` elements. */
function rightDims(s: Site, left: readonly number[]): readonly number[] {
  const inner = left.at(-1) ?? 1;
  const columns = s.choices.between(1, 4);
  const form = s.choices.below(3);
  if (form === 1) return [inner];
  const batch = form === 2 ? s.broadcasting(left.slice(0, -2)) : [];
  return [...batch, inner, columns];
}

const fitsRows = (left: readonly number[]) => (dims: readonly number[]) =>
  dims.length <= 2 && (dims.length === 2 ? dims[0] : dims.at(-1)) === left.at(-1);

const matMul: Generator = (s) => {
  const a = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  const b = s.value([a.dtype], { rank: [1, 4], fits: fitsRows(a.dims), dims: () => rightDims(s, a.dims) });
  s.node([a, b]);
};

const gemm: Generator = (s) => {
  const a = s.value(s.data(s.types(0)), { rank: [2, 2], fits: hasElements });
  const [transA, transB] = [s.flag(), s.flag()];
  const [rows = 1, inner = 1] = transA ? [...a.dims].reverse() : a.dims;
  const columns = s.choices.between(1, 4);
  const b = s.like(a.dtype, transB ? [columns, inner] : [inner, columns]);
  const shapes = [[rows, columns], [columns], [rows, 1], [1, columns], [1], []];
  const c = s.version < 11 || s.choices.flag() ? s.like(a.dtype, s.choices.of(shapes)) : undefined;
  s.node([a, b, c], { transA, transB, alpha: s.float(), beta: s.float() });
};

const matMulInteger: Generator = (s) => {
  const a = s.value(s.data(s.types(0)), { rank: [2, 3], fits: hasElements });
  const b = s.fresh(s.dtype(s.types(1)), [a.dims.at(-1) ?? 1, s.choices.between(1, 4)]);
  const perRow = s.choices.rarely(3) && a.dims.length === 2;
  const za = s.maybe(() => s.fresh(a.dtype, perRow ? [a.dims[0] ?? 1] : []));
  const zb = s.maybe(() => s.fresh(b.dtype, s.choices.rarely(3) ? [b.dims[1] ?? 1] : []));
  s.node([a, b, za, zb]);
};

/** Parameters of a window that slides over some axes, and fits into them. */
interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[] | undefined;
  readonly dilations: readonly number[] | undefined;
  readonly pads: readonly number[] | undefined;
  readonly autoPad: string | undefined;
}

/** Pads are smaller than the kernel, so that no window is all padding. */
function windowOver(s: Site, spatial: readonly number[], dilates: boolean): Window {
  const autoPad = s.choices.rarely(4) ? s.choices.of(['SAME_UPPER', 'SAME_LOWER', 'VALID']) : undefined;
  const dilations =
    dilates && !autoPad?.startsWith('SAME')
      ? s.maybe(() => spatial.map(() => s.choices.between(1, 2)))
      : undefined;
  const kernel = spatial.map((size, i) => {
    const d = dilations?.[i] ?? 1;
    return s.choices.between(1, Math.max(1, Math.min(3, Math.floor((size - 1) / d) + 1)));
  });
  const side = () => kernel.map((k) => s.choices.below(Math.min(k, 2)));
  return {
    kernel,
    strides: s.maybe(() => spatial.map(() => s.choices.between(1, 2))),
    dilations,
    pads: autoPad === undefined ? s.maybe(() => [...side(), ...side()]) : undefined,
    autoPad,
  };
}

export const isImage = (dims: readonly number[]): boolean => dims.length >= 3 && hasElements(dims);

/** A batch of images with one to three spatial axes; two of them mostly. */
export function image(s: Site): Operand {
  return s.value(s.data(s.types(0)), {
    rank: [3, 5],
    fits: isImage,
    dims: () => {
      const spatial = s.choices.of([2, 2, 1, 3]);
      return [s.choices.between(1, 2), s.choices.between(1, 4), ...s.sizes(spatial, 2)];
    },
  });
}

function convolved(s: Site, x: Operand) {
  const w = windowOver(s, x.dims.slice(2), true);
  const channels = x.dims[1] ?? 1;
  const group = s.choices.of([1, channels, 1]);
  const outputs = group * s.choices.between(1, 2);
  return { w, group, weights: [outputs, channels / group, ...w.kernel], outputs };
}

function windowAttributes(s: Site, w: Window) {
  const { strides, dilations, pads, autoPad } = w;
  return { kernel_shape: s.maybe(() => w.kernel), strides, dilations, pads, auto_pad: autoPad };
}

const conv: Generator = (s) => {
  const x = image(s);
  const { w, group, weights, outputs } = convolved(s, x);
  const bias = s.maybe(() => s.like(x.dtype, [outputs]));
  s.node([x, s.like(x.dtype, weights), bias], { ...windowAttributes(s, w), group });
};

const convTranspose: Generator = (s) => {
  const x = image(s);
  const spatial = x.dims.slice(2);
  const channels = x.dims[1] ?? 1;
  const group = s.choices.of([1, channels, 1]);
  const perGroup = s.choices.between(1, 2);
  const kernel = spatial.map(() => s.choices.between(1, 3));
  const strides = s.maybe(() => spatial.map(() => s.choices.between(1, 2)));
  const dilations = s.maybe(() => spatial.map(() => s.choices.between(1, 2)));
  const fit = s.choices.below(3);
  const side = () => kernel.map((k) => s.choices.below(Math.min(k, 2)));
  const pads = fit === 1 ? [...side(), ...side()] : undefined;
  const added = s.maybe(() => spatial.map((_, i) => s.choices.below(strides?.[i] ?? 1)));
  const bias = s.maybe(() => s.like(x.dtype, [perGroup * group]));
  const emptied = spatial.some((d, i) => {
    const reach = ((kernel[i] ?? 1) - 1) * (dilations?.[i] ?? 1) + 1;
    return (d - 1) * (strides?.[i] ?? 1) + reach - (pads?.[i] ?? 0) - (pads?.[i + spatial.length] ?? 0) < 1;
  });
  s.node([x, s.like(x.dtype, [channels, perGroup, ...kernel]), bias], {
    kernel_shape: s.maybe(() => kernel),
    strides,
    dilations,
    group,
    pads: emptied ? undefined : pads,
    auto_pad: fit === 2 ? s.choices.of(['SAME_UPPER', 'SAME_LOWER', 'VALID']) : undefined,
    output_padding: fit === 2 ? undefined : added,
  });
};

const convInteger: Generator = (s) => {
  const x = image(s);
  const { w, group, weights } = convolved(s, x);
  const kernel = s.fresh(s.dtype(s.types(1)), weights);
  const zeroX = s.maybe(() => s.fresh(x.dtype, []));
  const zeroW = s.maybe(() => s.fresh(kernel.dtype, []));
  s.node([x, kernel, zeroX, zeroW], { ...windowAttributes(s, w), group });
};

const deformConv: Generator = (s) => {
  const types = s.data(s.types(0));
  const x = s.value(types, {
    rank: [4, 4],
    fits: (dims) => isImage(dims),
    dims: () => [s.choices.between(1, 2), s.choices.between(1, 2), ...s.sizes(2, 2)],
  });
  const spatial = x.dims.slice(2);
  const kernel = spatial.map((size) => s.choices.between(1, Math.min(2, size)));
  const pad = s.choices.below(2);
  const out = spatial.map((size, i) => size + 2 * pad - (kernel[i] ?? 1) + 1);
  const taps = (kernel[0] ?? 1) * (kernel[1] ?? 1);
  const [batch = 1, channels = 1] = x.dims;
  const outputs = s.choices.between(1, 2);
  const offset = s.fresh(x.dtype, [batch, 2 * taps, ...out], { from: -1.5, to: 1.5 });
  const weights = s.like(x.dtype, [outputs, channels, ...kernel]);
  const bias = s.maybe(() => s.like(x.dtype, [outputs]));
  const mask = s.maybe(() => s.fresh(x.dtype, [batch, taps, ...out], { from: 0, to: 1 }));
  s.node([x, weights, offset, bias, mask], { kernel_shape: kernel, pads: [pad, pad, pad, pad] });
};

const maxPool: Generator = (s) => {
  const x = image(s);
  const w = windowOver(s, x.dims.slice(2), s.has('dilations'));
  const indices = s.version >= 8 && s.choices.rarely(3);
  const { strides, dilations, pads, autoPad } = w;
  const attributes = { kernel_shape: w.kernel, strides, dilations, pads, auto_pad: autoPad };
  const storage = indices && x.dims.length === 4 ? s.flag() : undefined;
  s.node(
    [x],
    { ...attributes, ceil_mode: autoPad ? undefined : s.flag(), storage_order: storage },
    indices ? 2 : 1,
  );
};

const averagePool: Generator = (s) => {
  const x = image(s);
  const w = windowOver(s, x.dims.slice(2), s.has('dilations'));
  const { strides, dilations, pads, autoPad } = w;
  s.node([x], {
    kernel_shape: w.kernel,
    strides,
    dilations,
    pads,
    auto_pad: autoPad,
    ceil_mode: autoPad ? undefined : s.flag(),
    count_include_pad: s.flag(),
    p: s.maybe(() => s.choices.between(1, 3)),
  });
};

const globalPool: Generator = (s) => void s.node([image(s)], { p: s.maybe(() => s.choices.between(1, 3)) });

/** Undoes a pooling whose windows do not overlap: each index names another place. */
const maxUnpool: Generator = (s) => {
  const types = s.data(s.types(0));
  const dtype = s.dtype(types);
  const [height, width] = [s.choices.between(1, 3), s.choices.between(1, 3)];
  const dims = [1, s.choices.between(1, 2), height, width];
  const values = s.like(dtype, dims);
  const count = dims.reduce((a, d) => a * d, 1);
  // The n-th value goes to the n-th window of 2 by 2 in its plane.
  const places = Array.from({ length: count }, (_, i) => {
    const [plane, rest] = [Math.floor(i / (height * width)), i % (height * width)];
    const [row, column] = [Math.floor(rest / width), rest % width];
    return (
      plane * height * width * 4 +
      (2 * row + s.choices.below(2)) * width * 2 +
      2 * column +
      s.choices.below(2)
    );
  });
  const larger = s.maybe(() => s.ints([1, dims[1] ?? 1, height * 2, width * 2]));
  s.node([values, s.known('int64', dims, places), larger], { kernel_shape: [2, 2], strides: [2, 2] });
};

const col2Im: Generator = (s) => {
  const block = [s.choices.between(1, 2), s.choices.between(1, 2)];
  const sizes = block.map((b) => b + s.choices.below(3));
  const strides = s.maybe(() => [s.choices.between(1, 2), s.choices.between(1, 2)]);
  const blocks = sizes.map((d, i) => Math.floor((d - (block[i] ?? 1)) / (strides?.[i] ?? 1)) + 1);
  const product = (list: readonly number[]): number => list.reduce((a, d) => a * d, 1);
  const dims = [s.choices.between(1, 2), s.choices.between(1, 2) * product(block), product(blocks)];
  // Text cannot be summed.
  const summed = s.types(0).filter((d) => d !== 'string');
  const x = s.like(s.dtype(s.data(summed)), dims);
  s.node([x, s.ints(sizes), s.ints(block)], { strides });
};

export const linearFamily: Family = {
  MatMul: matMul,
  Gemm: gemm,
  MatMulInteger: matMulInteger,
  Conv: conv,
  ConvTranspose: convTranspose,
  ConvInteger: convInteger,
  DeformConv: deformConv,
  MaxPool: maxPool,
  ...each('AveragePool LpPool', averagePool),
  ...each('GlobalAveragePool GlobalMaxPool GlobalLpPool', globalPool),
  MaxUnpool: maxUnpool,
  Col2Im: col2Im,
};
