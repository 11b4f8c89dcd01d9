import { type ConvView, conv } from '@refold/ir';
import { imageOf } from '../places.ts';
import type { Site } from '../site.ts';

/** A convolution of images, with everything worked out. */
export interface Geometry {
  readonly n: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
  readonly o: number;
  readonly oh: number;
  readonly ow: number;
  readonly group: number;
  readonly window: Window;
}

/** How a window lies over rows and columns: taps, strides and dilations, and the padding before the first ones. */
export interface Taps {
  readonly kh: number;
  readonly kw: number;
  readonly sh: number;
  readonly sw: number;
  readonly dh: number;
  readonly dw: number;
  readonly top: number;
  readonly left: number;
}

/** A window over two axes. Taps that reach no element of the image for any place of the window are left out. */
export interface Window extends Taps {
  /** The first tap of each axis that is not left out, and how many taps there were. */
  readonly firstY: number;
  readonly firstX: number;
  readonly fullH: number;
  readonly fullW: number;
}

/** The arguments in which kernels take a window. */
export function tapArguments({ kh, kw, sh, sw, dh, dw, top, left }: Taps): TapArguments {
  return [kh, kw, sh, sw, dh, dw, top, left];
}

type Pair = readonly [rows: number, columns: number];
type TapArguments = readonly [...kernel: Pair, ...stride: Pair, ...dilation: Pair, ...padding: Pair];

/** What a list with an entry for each spatial axis says of rows and columns; one axis is that of columns. */
export function rowsAndColumns(list: readonly number[], missing: number): Pair {
  const [first = missing, second] = list;
  return second === undefined ? [missing, first] : [first, second];
}

/** The geometry of a Conv node on one or two spatial axes; undefined for others. */
export function geometryOf(site: Site): Geometry | undefined {
  const dims = site.dims(0);
  const outDims = site.resultDims();
  return dims && outDims && windowsOf(dims, outDims, conv.view(site.op));
}

/** The geometry of a convolution of images of some sizes to images of others. */
export function windowsOf(
  dims: readonly number[],
  outDims: readonly number[],
  view: ConvView,
): Geometry | undefined {
  const image = imageOf(dims);
  const out = imageOf(outDims);
  if (!image || !out) return undefined;
  const { kernelShape, strides, dilations, pads } = view;
  if (!kernelShape || !strides || !dilations || !pads) return undefined;
  const [fullH, fullW] = rowsAndColumns(kernelShape, 1);
  const [sh, sw] = rowsAndColumns(strides, 1);
  const [dh, dw] = rowsAndColumns(dilations, 1);
  const [top, left] = rowsAndColumns(pads.slice(0, kernelShape.length), 0);
  const y = axisWindow(fullH, sh, dh, top, image.h, out.h);
  const x = axisWindow(fullW, sw, dw, left, image.w, out.w);
  const window = {
    ...{ kh: y.taps, kw: x.taps, sh, sw, dh, dw, top: y.begin, left: x.begin },
    ...{ firstY: y.first, firstX: x.first, fullH, fullW },
  };
  const { n, c, h, w } = image;
  return { n, c, h, w, o: out.c, oh: out.h, ow: out.w, group: view.group, window };
}

interface AxisWindow {
  readonly taps: number;
  readonly begin: number;
  readonly first: number;
}

function axisWindow(
  kernel: number,
  stride: number,
  dilation: number,
  begin: number,
  size: number,
  places: number,
): AxisWindow {
  const reaches = (tap: number): boolean => {
    // The last place whose tap is not beyond the end, and whether it is not before the beginning.
    const last = Math.min(places - 1, Math.floor((size - 1 + begin - tap * dilation) / stride));
    return last >= 0 && last * stride + tap * dilation - begin >= 0;
  };
  let first = 0;
  while (first < kernel && !reaches(first)) first += 1;
  let end = kernel;
  while (end > first + 1 && !reaches(end - 1)) end -= 1;
  if (first === kernel) return { taps: Math.min(1, kernel), begin, first: 0 };
  return { taps: end - first, begin: begin - first * dilation, first };
}
