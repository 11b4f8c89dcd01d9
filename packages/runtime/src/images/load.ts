import type { ImageDecoder, ImageDecoders, Pixels } from './pixels.ts';

type LibraryFormat = 'jpeg' | 'jpeg2000' | 'png' | 'tiff' | 'webp';

type OpenJpegModule = typeof import('@cornerstonejs/codec-openjpeg/decode');

/** Imports a package that reads files, and that bundles for browsers must therefore leave out. */
async function importInNode<T>(name: string): Promise<T> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<T>;
}

/** The libraries are optional peers of this package. */
const loaders: Readonly<Record<LibraryFormat, () => Promise<ImageDecoder>>> = {
  async jpeg() {
    const { decode } = await importInNode<typeof import('@cwasm/jpeg-turbo')>('@cwasm/jpeg-turbo');
    return (bytes) => ({ ...sizeOf(decode(bytes)), channels: 4 });
  },
  async webp() {
    const { decode } = await importInNode<typeof import('@cwasm/webp')>('@cwasm/webp');
    return (bytes) => ({ ...sizeOf(decode(bytes)), channels: 4 });
  },
  async png() {
    const { convertIndexedToRgb, decode } = await import('fast-png');
    return (bytes) => {
      const image = decode(bytes);
      const { width, height, depth } = image;
      if (image.palette) {
        const channels = image.palette[0]?.length === 4 ? 4 : 3;
        return { width, height, channels, data: convertIndexedToRgb(image) };
      }
      const values = depth < 8 ? unpacked(image.data, width, depth) : image.data;
      return { width, height, channels: channelsOf(image.channels), data: eightBits(values, depth) };
    };
  },
  async tiff() {
    const { decode } = await import('tiff');
    return (bytes) => {
      const [image] = decode(bytes, { pages: [0] });
      if (!image) throw new TypeError('there is no image');
      const { width, height, components, bitsPerSample, palette } = image;
      if (palette) return { width, height, channels: 3, data: colors(image.data, palette) };
      return {
        width,
        height,
        channels: channelsOf(components),
        data: eightBits(image.data, bitsPerSample),
      };
    };
  },
  async jpeg2000() {
    const { default: load } = await importInNode<OpenJpegModule>('@cornerstonejs/codec-openjpeg/decode');
    const { J2KDecoder } = await load({ print: () => undefined });
    return (bytes) => {
      const decoder = new J2KDecoder();
      try {
        decoder.getEncodedBuffer(bytes.length).set(bytes);
        decoder.decode();
        const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo();
        if (bitsPerSample > 8) throw new TypeError('more than 8 bits a value are not known');
        return {
          width,
          height,
          channels: channelsOf(componentCount),
          data: decoder.getDecodedBuffer().slice(),
        };
      } finally {
        decoder.delete();
      }
    };
  },
};

/**
 * Loads decoders, of all formats unless some are named, from libraries that are installed:
 *
 * | format | package |
 * | --- | --- |
 * | JPEG | `@cwasm/jpeg-turbo` (libjpeg-turbo) |
 * | JPEG 2000 | `@cornerstonejs/codec-openjpeg` (OpenJPEG) |
 * | PNG | `fast-png` |
 * | TIFF | `tiff` |
 * | WebP | `@cwasm/webp` (libwebp) |
 *
 * A format whose library is not there is left out. In browsers that is so for those of compiled code, which
 * read files: give `imageDecoderKernel` decoders of your own for them.
 */
export async function loadImageDecoders(
  formats: readonly LibraryFormat[] = ['jpeg', 'jpeg2000', 'png', 'tiff', 'webp'],
): Promise<ImageDecoders> {
  const loaded = await Promise.allSettled(formats.map(async (f) => [f, await loaders[f]()] as const));
  return Object.fromEntries(loaded.flatMap((l) => (l.status === 'fulfilled' ? [l.value] : [])));
}

function sizeOf({ width, height, data }: Omit<Pixels, 'channels'>): Omit<Pixels, 'channels'> {
  return { width, height, data };
}

function channelsOf(count: number): Pixels['channels'] {
  if (count === 1 || count === 2 || count === 3 || count === 4) return count;
  throw new TypeError(`${count} channels are not known`);
}

/** The colors of 16-bit parts that numbers stand for. */
function colors(indices: ArrayLike<number>, palette: readonly (readonly number[])[]): Uint8Array {
  const out = new Uint8Array(indices.length * 3);
  for (let i = 0; i < indices.length; i += 1) {
    out.set(palette[indices[i] ?? 0]?.map((part) => part >> 8) ?? [], i * 3);
  }
  return out;
}

/** The values of rows that fill whole bytes, highest bits first. */
function unpacked(bytes: ArrayLike<number>, width: number, depth: number): Uint8Array {
  const stride = Math.ceil((width * depth) / 8);
  const out = new Uint8Array((bytes.length / stride) * width);
  for (let i = 0; i < out.length; i += 1) {
    const x = i % width;
    const byte = bytes[((i - x) / width) * stride + ((x * depth) >> 3)] ?? 0;
    out[i] = (byte >> (8 - depth - ((x * depth) & 7))) & (2 ** depth - 1);
  }
  return out;
}

/** Values of another depth, scaled so that the largest is 255. */
function eightBits(values: ArrayLike<number>, depth: number): ArrayLike<number> {
  if (depth === 8) return values;
  if (depth > 16) throw new TypeError(`${depth} bits a value are not known`);
  const largest = 2 ** depth - 1;
  return Uint8Array.from(values, (v) => Math.round((v * 255) / largest));
}
