import { freshDim } from '../../types/dim.ts';
import { tensorType } from '../../types/value-type.ts';
import { type Operator, operator } from '../operator.ts';

/** Parameters of `ImageDecoder`. */
export type ImageDecoderView = {
  readonly pixelFormat: 'RGB' | 'BGR' | 'Grayscale';
};

/** `ImageDecoder`: the pixels [height, width, channels] of an encoded image, as uint8. */
export const imageDecoder: Operator<ImageDecoderView> = operator({
  name: 'ImageDecoder',

  view(ctx) {
    const format = ctx.string('pixel_format') ?? 'RGB';
    if (format !== 'RGB' && format !== 'BGR' && format !== 'Grayscale') {
      throw ctx.invalid(`pixel_format ${format} is not known`);
    }
    return { pixelFormat: format };
  },

  infer: (_ctx, view) => [
    tensorType('uint8', [freshDim(), freshDim(), view.pixelFormat === 'Grayscale' ? 1 : 3]),
  ],
});
