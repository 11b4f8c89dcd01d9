import { parseModel } from '@refold/ir';
import { describe, expect, test } from 'vitest';
import { loadImageDecoders } from '../../images/load.ts';
import type { ImageDecoders } from '../../images/pixels.ts';
import { createSession } from '../../session/session.ts';
import { NdArray } from '../../tensor/nd-array.ts';
import { imageDecoderKernel } from './image-decoder.ts';

interface Decoded {
  readonly dims: readonly number[];
  readonly pixels: readonly number[];
}

function decode(bytes: ArrayLike<number>, format = 'RGB', decoders: ImageDecoders = {}): Decoded {
  const session = createSession(
    parseModel(`<ir_version: 9, opset_import: ["" : 20]> g (uint8[N] x) => (y) {
      y = ImageDecoder <pixel_format = "${format}"> (x)
    }`),
    { kernels: [imageDecoderKernel(decoders)] },
  );
  const stream = new NdArray('uint8', [bytes.length], Uint8Array.from(bytes));
  const y = session.run(new Map([['x', stream]])).get('y');
  if (y?.kind !== 'tensor' || y.dtype !== 'uint8') throw new Error('the result is not uint8');
  return { dims: y.dims, pixels: Array.from(y.data, Number) };
}

const ascii = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));

describe('portable maps', () => {
  test('as text, with comments', () => {
    expect(decode(ascii('P1 # bits\n3 2\n101 0 1 1'), 'Grayscale')).toEqual({
      dims: [2, 3, 1],
      pixels: [0, 255, 0, 255, 0, 0],
    });
    expect(decode(ascii('P2\n3 1\n15\n0 7 15'), 'Grayscale').pixels).toEqual([0, 119, 255]);
    expect(decode(ascii('P3 1 2 255 1 2 3 #x\n4 5 6'))).toEqual({
      dims: [2, 1, 3],
      pixels: [1, 2, 3, 4, 5, 6],
    });
  });

  test('as bytes', () => {
    expect(decode([...ascii('P4 10 1\n'), 0b10100000, 0b01000000], 'Grayscale').pixels).toEqual([
      ...[0, 255, 0, 255, 255, 255, 255, 255, 255, 0],
    ]);
    expect(decode([...ascii('P5 2 1 65535\n'), 0, 255, 128, 0], 'Grayscale').pixels).toEqual([1, 128]);
    expect(decode([...ascii('P6 2 1 100 '), 0, 50, 100, 1, 2, 3]).pixels).toEqual([0, 128, 255, 3, 5, 8]);
  });
});

/** A bitmap with the usual header; sizes are little-endian. */
function bitmap(
  [width, height, bits, compression = 0]: readonly number[],
  rows: readonly number[],
  extra: readonly number[] = [],
): number[] {
  const word = (v = 0): number[] => [v & 255, (v >> 8) & 255, (v >> 16) & 255, (v >> 24) & 255];
  const half = (v = 0): number[] => word(v).slice(0, 2);
  const start = 54 + extra.length;
  const info = [
    ...word(40),
    ...word(width),
    ...word(height),
    ...half(1),
    ...half(bits),
    ...word(compression),
  ];
  const rest = [0, 0, 0, 0, 0].flatMap((v) => word(v));
  return [...ascii('BM'), ...word(), ...word(), ...word(start), ...info, ...rest, ...extra, ...rows];
}

const span = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

describe('bitmaps', () => {
  test('rows stand bottom up, as blue, green, red, and fill words of 32 bits', () => {
    const rows = [1, 2, 3, 0, 4, 5, 6, 0];
    expect(decode(bitmap([1, 2, 24], rows))).toEqual({ dims: [2, 1, 3], pixels: [6, 5, 4, 3, 2, 1] });
    expect(decode(bitmap([1, -2, 24], rows), 'BGR').pixels).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('colors by palette', () => {
    const palette = span(0, 64);
    expect(decode(bitmap([3, 1, 4], [0x12, 0x30, 0, 0], palette)).pixels).toEqual([
      ...[6, 5, 4, 10, 9, 8, 14, 13, 12],
    ]);
  });

  test('colors by masks, scaled so that all bits set are 255', () => {
    expect(decode(bitmap([3, -2, 16], span(0, 16))).pixels).toEqual([
      ...[0, 65, 0, 0, 197, 16, 8, 65, 32],
      ...[16, 65, 65, 16, 197, 82, 24, 65, 98],
    ]);
    const masks = [0, 248, 0, 0, 224, 7, 0, 0, 31, 0, 0, 0];
    expect(decode(bitmap([3, 2, 16, 3], span(100, 16), masks)).pixels).toEqual([
      ...[106, 174, 98, 106, 238, 115, 115, 44, 131],
      ...[98, 174, 32, 98, 238, 49, 106, 44, 65],
    ]);
    expect(decode(bitmap([2, 2, 32], span(100, 16))).pixels).toEqual([
      ...[110, 109, 108, 114, 113, 112, 102, 101, 100, 106, 105, 104],
    ]);
  });
});

test('grey is luma by the weights of ITU-R 601', () => {
  expect(decode(ascii('P3 3 1 255 255 0 0 0 255 0 0 0 255'), 'Grayscale').pixels).toEqual([76, 150, 29]);
});

test('what is not an image, or is cut off, or says it is huge, gives an empty image', () => {
  expect(decode([])).toEqual({ dims: [0, 0, 3], pixels: [] });
  expect(decode(ascii('GIF89a'), 'Grayscale').dims).toEqual([0, 0, 1]);
  expect(decode(bitmap([4, 4, 24], [1, 2, 3])).dims).toEqual([0, 0, 3]);
  expect(decode(bitmap([2 ** 30, 2 ** 30, 24], [1, 2, 3])).dims).toEqual([0, 0, 3]);
  expect(decode(ascii('P6 100000000 100000000 255 1')).dims).toEqual([0, 0, 3]);
  expect(decode(bitmap([1, 1, 24, 1], [1, 2, 3, 0])).dims).toEqual([0, 0, 3]);
});

test('a format without a decoder is an error that says how to get one', () => {
  expect(() => decode([0xff, 0xd8, 0xff, 0xe0])).toThrow('ImageDecoder: there is no decoder for jpeg');
});

test('a decoder that is given is used, with or without opacity', () => {
  const png = [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a];
  const opaque: ImageDecoders = {
    png: () => ({ width: 1, height: 1, channels: 4, data: [1, 2, 3, 4] }),
  };
  expect(decode(png, 'BGR', opaque).pixels).toEqual([3, 2, 1]);
  const grey: ImageDecoders = { png: () => ({ width: 2, height: 1, channels: 2, data: [7, 0, 9, 0] }) };
  expect(decode(png, 'RGB', grey).pixels).toEqual([7, 7, 7, 9, 9, 9]);
});

/** A PNG of 7 x 5 pixels, one bit each. */
const bits = [
  ...[137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 7, 0, 0, 0, 5, 1, 0, 0, 0, 0],
  ...[161, 225, 203, 117, 0, 0, 0, 18, 73, 68, 65, 84, 120, 156, 99, 136, 98, 96, 99, 242, 99, 184, 193, 144],
  ...[5, 0, 7, 226, 1, 243, 157, 138, 255, 59, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130],
];

test('libraries decode what they are loaded for', async () => {
  const decoders = await loadImageDecoders(['png']);
  expect(Object.keys(decoders)).toEqual(['png']);
  const { dims, pixels } = decode(bits, 'Grayscale', decoders);
  expect(dims).toEqual([5, 7, 1]);
  expect(pixels.slice(0, 14)).toEqual([0, 255, 0, 255, 255, 0, 255, 0, 0, 0, 0, 0, 255, 255]);
  expect(Object.keys(await loadImageDecoders()).sort()).toEqual(['jpeg', 'jpeg2000', 'png', 'tiff', 'webp']);
});
