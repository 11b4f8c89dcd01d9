import { conv, type OpContext } from '@refold/ir';
import type { LinearLayer } from '../layers/linear-layer.ts';

/** Where some windows of a convolution lie in data of certain sizes. */
export interface Windows {
  readonly dims: readonly number[];
  readonly count: number;
  /** Elements from one channel to the next. */
  readonly plane: number;
  /** For each window, and each place in it: its element in the first channel; -1 in the padding. */
  readonly offsets: Int32Array;
}

/** The windows of a `Conv`, one for each place of the result; of more than `most`, evenly spread ones. */
export function windowsOf(
  { inputs, window }: LinearLayer,
  op: OpContext,
  dims: readonly number[],
  most: number,
): Windows {
  const { kernelShape = [], strides = [], pads = [], dilations = [] } = conv.view(op);
  const [batch = 0, , ...sizes] = dims;
  const grid = sizes.map((size, a) => {
    const reach = ((kernelShape[a] ?? 1) - 1) * (dilations[a] ?? 1) + 1;
    const padded = size + (pads[a] ?? 0) + (pads[a + sizes.length] ?? 0);
    return Math.max(0, Math.floor((padded - reach) / (strides[a] ?? 1)) + 1);
  });
  const positions = product(grid);
  const plane = product(sizes);
  const taps = Array.from({ length: window }, (_, t) =>
    placeOf(t, kernelShape).map((at, a) => at * (dilations[a] ?? 1)),
  );
  const places = [...spread(batch * positions, most)];
  const offsets = new Int32Array(places.length * window);
  places.forEach((at, i) => {
    const first = Math.floor(at / positions) * inputs * plane;
    const corner = placeOf(at % positions, grid).map((p, a) => p * (strides[a] ?? 1) - (pads[a] ?? 0));
    taps.forEach((tap, t) => {
      const offset = offsetOf(corner, tap, sizes);
      offsets[i * window + t] = offset < 0 ? -1 : first + offset;
    });
  });
  return { dims, count: places.length, plane, offsets };
}

/** At most `most` of the numbers below `count`, evenly spread. */
export function* spread(count: number, most: number): Iterable<number> {
  const taken = Math.min(count, most);
  for (let i = 0; i < taken; i += 1) yield Math.floor((i * count) / taken);
}

/** Where a place of a window lies in a plane; -1 in the padding. */
function offsetOf(corner: readonly number[], tap: readonly number[], sizes: readonly number[]): number {
  let offset = 0;
  for (const [a, size] of sizes.entries()) {
    const x = (corner[a] ?? 0) + (tap[a] ?? 0);
    if (x < 0 || x >= size) return -1;
    offset = offset * size + x;
  }
  return offset;
}

/** The coordinates of an index in row-major order. */
function placeOf(index: number, dims: readonly number[]): number[] {
  const place = new Array<number>(dims.length).fill(0);
  let rest = index;
  for (let a = dims.length - 1; a >= 0; a -= 1) {
    const d = Math.max(1, dims[a] ?? 1);
    place[a] = rest % d;
    rest = Math.floor(rest / d);
  }
  return place;
}

function product(dims: readonly number[]): number {
  return dims.reduce((a, d) => a * d, 1);
}
