import { imageDecoder, ModelError } from '@refold/ir';
import { decodeBmp } from '../../images/bmp.ts';
import { formatOf } from '../../images/format.ts';
import type { ImageDecoders, Pixels } from '../../images/pixels.ts';
import { decodePnm } from '../../images/pnm.ts';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';

const builtIn: ImageDecoders = { bmp: decodeBmp, pnm: decodePnm };

/**
 * The kernel of `ImageDecoder` with decoders for more formats than BMP and PNM, to be given to a session as
 * one of its `kernels`. What cannot be decoded gives an empty image, as ONNX says; a format without a
 * decoder is an error.
 */
export function imageDecoderKernel(decoders: ImageDecoders = {}): Kernel {
  const all = { ...builtIn, ...decoders };
  return {
    name: 'ImageDecoder',
    run(inputs, ctx) {
      const { pixelFormat } = imageDecoder.view(ctx.op);
      const bytes = bytesOf(asTensor(inputs[0], ctx, 0), ctx);
      const image = decode(bytes, all);
      const out = ctx.alloc('uint8', [
        image?.height ?? 0,
        image?.width ?? 0,
        pixelFormat === 'Grayscale' ? 1 : 3,
      ]);
      if (image && out.data instanceof Uint8Array) {
        if (pixelFormat === 'Grayscale') writeGrey(image, out.data);
        else writeColor(image, out.data, pixelFormat === 'BGR');
      }
      return [out];
    },
  };
}

function bytesOf(stream: NdArray, ctx: KernelContext): Uint8Array {
  if (stream.dtype === 'uint8' && stream.dims.length === 1 && stream.data instanceof Uint8Array) {
    return stream.data;
  }
  throw ctx.op.invalid(`a stream of bytes is uint8[n], not ${stream.dtype}[${stream.dims}]`);
}

/** The pixels; undefined for bytes that are not an image. */
function decode(bytes: Uint8Array, decoders: ImageDecoders): Pixels | undefined {
  const format = formatOf(bytes);
  if (!format) return undefined;
  const decoder = decoders[format];
  if (!decoder) {
    throw new ModelError(
      'model/unsupported',
      `ImageDecoder: there is no decoder for ${format}`,
      { op: 'ImageDecoder' },
      'Give the session a kernel with one: see `imageDecoderKernel` and `@refold/runtime/images`.',
    );
  }
  try {
    return decoder(bytes);
  } catch {
    return undefined;
  }
}

/** Opacity is left out; a grey image has three equal colors. */
function writeColor({ data, channels }: Pixels, out: Uint8Array, reversed: boolean): void {
  const [g, b] = channels < 3 ? [0, 0] : [1, 2];
  const [first, last] = reversed ? [b, 0] : [0, b];
  for (let to = 0, from = 0; to < out.length; to += 3, from += channels) {
    out[to] = data[from + first] as number;
    out[to + 1] = data[from + g] as number;
    out[to + 2] = data[from + last] as number;
  }
}

/** Luma by the weights of ITU-R 601, in 16-bit fixed point with rounding, as image libraries compute it. */
function writeGrey({ data, channels }: Pixels, out: Uint8Array): void {
  for (let to = 0, from = 0; to < out.length; to += 1, from += channels) {
    const r = data[from] as number;
    if (channels < 3) out[to] = r;
    else {
      const g = data[from + 1] as number;
      const b = data[from + 2] as number;
      out[to] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
    }
  }
}
