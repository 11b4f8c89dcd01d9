import type { Pixels } from './pixels.ts';

const FILE_HEADER = 14;

/** What the headers say of the pixels. */
interface Layout {
  readonly width: number;
  readonly height: number;
  /** Whether the first row of the file is the uppermost one. */
  readonly topDown: boolean;
  readonly bits: number;
  /** Bytes of a row, which fill whole 32-bit words. */
  readonly stride: number;
  /** Where the rows start. */
  readonly start: number;
  readonly palette: { readonly at: number; readonly step: 3 | 4; readonly length: number };
  /** Which bits of a pixel are red, green and blue, where there is no palette. */
  readonly masks: readonly number[];
}

/** Decodes an uncompressed Windows bitmap with 1, 4, 8, 16, 24 or 32 bits a pixel, as RGB. */
export function decodeBmp(bytes: Uint8Array): Pixels {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const layout = layoutOf(view);
  const { width, height, topDown, stride, start } = layout;
  // Before anything of that size is made.
  if (start + stride * height > bytes.length) throw new RangeError('the file ends before its pixels do');
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const row = start + (topDown ? y : height - 1 - y) * stride;
    if (layout.bits <= 8) paletteRow(bytes, row, layout, data, y * width * 3);
    else if (layout.bits === 24) plainRow(bytes, row, width, data, y * width * 3);
    else maskedRow(view, row, layout, data, y * width * 3);
  }
  return { width, height, channels: 3, data };
}

function layoutOf(view: DataView): Layout {
  const headerSize = view.getUint32(FILE_HEADER, true);
  const old = headerSize === 12;
  const [width, signedHeight, bits] = old
    ? [view.getUint16(18, true), view.getInt16(20, true), view.getUint16(24, true)]
    : [view.getInt32(18, true), view.getInt32(22, true), view.getUint16(28, true)];
  const compression = old ? 0 : view.getUint32(30, true);
  const masked = compression === 3 || compression === 6;
  if (compression !== 0 && !masked) throw new TypeError(`compression ${compression} is not known`);
  if (width < 0 || ![1, 4, 8, 16, 24, 32].includes(bits)) throw new TypeError('the header is not valid');
  const colors = old ? 0 : view.getUint32(46, true);
  return {
    width,
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bits,
    stride: Math.ceil((width * bits) / 32) * 4,
    start: view.getUint32(10, true),
    palette: { at: FILE_HEADER + headerSize, step: old ? 3 : 4, length: colors || 2 ** Math.min(bits, 8) },
    masks: masked
      ? [54, 58, 62].map((at) => view.getUint32(at, true))
      : bits === 16
        ? [0x7c00, 0x3e0, 0x1f]
        : [0xff0000, 0xff00, 0xff],
  };
}

function paletteRow(bytes: Uint8Array, row: number, layout: Layout, out: Uint8Array, at: number): void {
  const { bits, width, palette } = layout;
  for (let x = 0; x < width; x += 1) {
    const byte = bytes[row + ((x * bits) >> 3)] ?? 0;
    const index = (byte >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1);
    if (index >= palette.length) throw new RangeError(`the palette has no color ${index}`);
    const color = palette.at + index * palette.step;
    for (let c = 0; c < 3; c += 1) out[at + x * 3 + c] = bytes[color + 2 - c] ?? 0;
  }
}

function plainRow(bytes: Uint8Array, row: number, width: number, out: Uint8Array, at: number): void {
  for (let x = 0; x < width * 3; x += 3) {
    out[at + x] = bytes[row + x + 2] ?? 0;
    out[at + x + 1] = bytes[row + x + 1] ?? 0;
    out[at + x + 2] = bytes[row + x] ?? 0;
  }
}

function maskedRow(view: DataView, row: number, layout: Layout, out: Uint8Array, at: number): void {
  const { bits, width, masks } = layout;
  for (let x = 0; x < width; x += 1) {
    const pixel = bits === 16 ? view.getUint16(row + x * 2, true) : view.getUint32(row + x * 4, true);
    masks.forEach((mask, c) => {
      out[at + x * 3 + c] = part(pixel, mask);
    });
  }
}

/** The bits of a mask, scaled so that all of them set are 255. */
function part(pixel: number, mask: number): number {
  if (mask === 0) return 0;
  const shift = 31 - Math.clz32(mask & -mask);
  return Math.floor((((pixel & mask) >>> shift) * 255) / (mask >>> shift));
}
