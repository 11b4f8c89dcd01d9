import type { Pixels } from './pixels.ts';

/** Decodes a portable bitmap, graymap or pixmap (P1 to P6). Values are scaled so that the largest is 255. */
export function decodePnm(bytes: Uint8Array): Pixels {
  const kind = (bytes[1] ?? 0) - 48;
  const reader = new Reader(bytes, 2);
  const [width, height] = [reader.number(), reader.number()];
  const bitmap = kind === 1 || kind === 4;
  const largest = bitmap ? 1 : reader.number();
  if (largest < 1 || largest > 65535) throw new RangeError(`the largest value is ${largest}`);
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const count = width * height * channels;
  // Before anything of that size is made: each value takes a bit of the file at least.
  if (count > bytes.length * 8) throw new RangeError('the file ends before its pixels do');
  const data = new Uint8Array(count);
  if (kind === 4) {
    reader.skip();
    reader.bits(data, width);
  } else {
    if (kind > 4) reader.skip();
    const next = kind === 1 ? () => 1 - reader.digit() : valueReader(reader, kind > 4, largest);
    for (let i = 0; i < count; i += 1) {
      const value = next();
      if (value > largest) throw new RangeError(`the value ${value} is above the largest, ${largest}`);
      data[i] = Math.round((value * 255) / largest);
    }
  }
  return { width, height, channels, data };
}

function valueReader(reader: Reader, raw: boolean, largest: number): () => number {
  if (!raw) return () => reader.number();
  return largest < 256 ? () => reader.byte() : () => reader.byte() * 256 + reader.byte();
}

/** Reads numbers as text, with comments from `#` to the end of the line, and plain bytes. */
class Reader {
  private readonly bytes: Uint8Array;
  private at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new RangeError('the file ends before its pixels do');
    this.at += 1;
    return byte;
  }

  /** One space stands between the header and raw values. */
  skip(): void {
    this.at += 1;
  }

  number(): number {
    let value = this.digit();
    for (; isDigit(this.bytes[this.at]) && value < 2 ** 32; this.at += 1) {
      value = value * 10 + (this.bytes[this.at] ?? 0) - 48;
    }
    return value;
  }

  /** The next digit, whatever space is before it. */
  digit(): number {
    let byte = this.byte();
    while (byte <= 32 || byte === 35) {
      if (byte === 35) while (byte !== 10 && byte !== 13) byte = this.byte();
      byte = this.byte();
    }
    if (!isDigit(byte)) throw new TypeError('a number is expected');
    return byte - 48;
  }

  /** Rows of bits, each filling whole bytes; 1 is black. */
  bits(out: Uint8Array, width: number): void {
    for (let row = 0; row < out.length; row += width) {
      let byte = 0;
      for (let x = 0; x < width; x += 1) {
        if ((x & 7) === 0) byte = this.byte();
        out[row + x] = (byte >> (7 - (x & 7))) & 1 ? 0 : 255;
      }
    }
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}
