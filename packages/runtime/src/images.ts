/**
 * Decoders for `ImageDecoder` from libraries that are installed beside this package, each loaded when it is
 * asked for. JPEG, JPEG 2000 and WebP need Node; in a browser give `imageDecoderKernel` decoders of your own.
 */
export { loadImageDecoders } from './images/load.ts';
export type { ImageDecoder, ImageDecoders, ImageFormat, Pixels } from './images/pixels.ts';
export { imageDecoderKernel } from './kernels/image/image-decoder.ts';
