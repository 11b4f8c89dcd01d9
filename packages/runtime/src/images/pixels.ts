/** A decoded image. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Values for each pixel: grey, grey and opacity, RGB, or RGB and opacity. */
  readonly channels: 1 | 2 | 3 | 4;
  /** Row by row from the top, `width * height * channels` values from 0 to 255. */
  readonly data: ArrayLike<number>;
}

/** Decodes the bytes of a file; throws when they are not an image of its format. */
export type ImageDecoder = (bytes: Uint8Array) => Pixels;

/** The formats that ONNX's `ImageDecoder` names. */
export type ImageFormat = 'bmp' | 'jpeg' | 'jpeg2000' | 'png' | 'pnm' | 'tiff' | 'webp';

/** Decoders by format. */
export type ImageDecoders = Readonly<Partial<Record<ImageFormat, ImageDecoder>>>;
