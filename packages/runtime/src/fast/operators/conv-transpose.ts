import { type ConvTransposeView, convTranspose } from '@refold/ir';
import { type Epilogue, finish, takeEpilogue } from '../epilogue.ts';
import { type Address, type Image, imageOf, type Place } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { keepBias } from './conv-weights.ts';
import { axisPhases, type Phase } from './phases.ts';

/** Bytes of windows that are gathered at a time. */
const GATHERED = 256 * 1024;

/**
 * ConvTranspose on images in blocks of four channels, with constant weights. Results that are a stride apart meet the
 * same taps, so they are those of a convolution of the image with a part of the filter; its results lie a stride apart.
 */
export const lowerConvTranspose: Lowering = (site) => {
  const view = convTranspose.view(site.op);
  const dims = site.dims(0);
  const outDims = site.resultDims();
  const image = dims && imageOf(dims);
  const out = outDims && imageOf(outDims);
  const data = image && site.floats(1);
  if (!image || !out || !data || (site.value(2) && !site.isKnown(2))) return false;
  const { group } = view;
  const [inputs, outputs] = [image.c / group, out.c / group];
  if (image.n * image.c * image.pixels * out.c * out.pixels === 0) return false;
  if (group > 1 && (inputs % 4 !== 0 || outputs % 4 !== 0)) return false;
  const rows = phasesOf(view, 0, image, out);
  const columns = phasesOf(view, 1, image, out);
  if (!rows || !columns) return false;
  const [height = 1, width = 1] = [1, ...(view.kernelShape ?? [])].slice(-2);
  const epilogue = takeEpilogue(site, 'second', out.c);
  const x = site.read(0, 'blocked');
  const residual = epilogue.residual && site.readValue(epilogue.residual, 'blocked');
  const bias = keepBias(site, epilogue, out.c, Math.ceil(out.c / 8) * 8);
  const y = site.write('blocked');
  const kernel = [height, width] as const;
  const call: Call = { group, image, out, x, y, bias, residual, epilogue, kernel, data };
  for (const row of rows) for (const column of columns) emitPhase(site, call, row, column);
  finish(site, epilogue, y);
  return true;
};

interface Call {
  readonly group: number;
  readonly image: Image;
  readonly out: Image;
  readonly x: Place | Address;
  readonly y: Place;
  readonly bias: Address;
  readonly residual: Place | Address | undefined;
  readonly epilogue: Epilogue;
  readonly kernel: readonly [height: number, width: number];
  /** [c, o / group, kh, kw] */
  readonly data: Float32Array;
}

/** The phases of rows (axis 0) or columns (1); a tensor of rank 3 has one row. */
function phasesOf(
  { kernelShape, strides, dilations, pads }: ConvTransposeView,
  axis: number,
  image: Image,
  out: Image,
): readonly Phase[] | undefined {
  if (!kernelShape || !strides || !dilations || !pads) return undefined;
  const at = axis - (2 - kernelShape.length);
  const [from, to] = axis === 0 ? [image.h, out.h] : [image.w, out.w];
  return axisPhases(
    ...([kernelShape[at] ?? 1, strides[at] ?? 1, dilations[at] ?? 1, pads[at] ?? 0, from, to] as const),
  );
}

/** The results of one phase of rows and one of columns. */
function emitPhase(site: Site, call: Call, row: Phase, column: Phase): void {
  const { group, image, out, x, y, bias, residual, epilogue } = call;
  const channels = group === 1 ? image.blocks * 4 : image.c / group;
  const outputs = group === 1 ? out.blocks * 4 : out.c / group;
  const taps = row.taps.length * column.taps.length;
  const depth = taps * channels;
  const panels = Math.ceil(outputs / 8) * depth * 8;
  const form = `phase${group}:${row.form}x${column.form}${epilogue.form}`;
  const weights = site.keep(site.key(1), form, group * panels, (floats) =>
    packPhase(call, row, column, channels, floats),
  );
  // Whole rows of windows: the results of one row of the image are evenly spaced.
  const lines = Math.max(1, Math.min(row.count, Math.floor(GATHERED / (depth * column.count * 4))));
  const windows = site.scratch(lines * column.count * depth * 4);
  const { low, high } = epilogue;
  const { kernels } = site.memory;
  const size = image.pixels;
  site.emit('conv transpose', [x, y, residual, windows], () => {
    const added = residual ? residual.at - y.at : 0;
    for (let i = 0; i < image.n * group; i += 1) {
      const g = i % group;
      const from = x.at + i * channels * size * 4;
      const to = y.at + i * outputs * out.pixels * 4;
      for (let line = 0; line < row.count; line += lines) {
        const height = Math.min(lines, row.count - line);
        const count = height * column.count;
        kernels.gatherWindows(
          ...([channels / 4, image.h, image.w, row.taps.length, column.taps.length, 1, 1] as const),
          ...([row.dilation, column.dilation, row.begin, column.begin, column.count] as const),
          ...([line * column.count, count, from, windows.at, count * 16] as const),
        );
        for (let l = 0; l < height; l += 1) {
          const pixel = (row.first + (line + l) * row.stride) * out.w + column.first;
          kernels.gemm(
            ...([column.count, outputs, depth, windows.at + l * column.count * 16, 16, count * 16] as const),
            ...([weights.at + g * panels * 4, to + pixel * 16, column.stride * 16, out.pixels * 16] as const),
            ...([bias.at + g * outputs * 4, added, low, high] as const),
          );
        }
      }
    }
  });
}

/** Panels of the taps of a phase, in the order in which windows have them: [group][o / 8][taps][channels][8]. */
function packPhase(
  { group, image, out, kernel, data, epilogue }: Call,
  rows: Phase,
  columns: Phase,
  channels: number,
  panels: Float32Array,
): void {
  if (!rows.isMet || !columns.isMet) return;
  const inputs = image.c / group;
  const outputs = out.c / group;
  const depth = rows.taps.length * columns.taps.length * channels;
  const size = Math.ceil(outputs / 8) * depth * 8;
  const [height, width] = kernel;
  for (let c = 0; c < image.c; c += 1) {
    const g = Math.floor(c / inputs);
    for (let j = 0; j < outputs; j += 1) {
      const factor = epilogue.scale?.[g * outputs + j] ?? 1;
      const from = (c * outputs + j) * height * width;
      let to = g * size + (j >> 3) * depth * 8 + (c % inputs) * 8 + (j & 7);
      for (const y of rows.taps) {
        for (const x of columns.taps) {
          panels[to] = (data[from + y * width + x] as number) * factor;
          to += channels * 8;
        }
      }
    }
  }
}
