import { type Adapter, textAttribute } from '../conversion.ts';

/** RoiAlign 16: regions are shifted by half a pixel unless told otherwise; before, they never were. */
export const roiAlignCoordinates: Adapter = (c) => {
  c.setAttribute(textAttribute('coordinate_transformation_mode', 'output_half_pixel'));
};

/** GridSample 20: modes are no longer named after the two-dimensional case. The default only changed its name. */
export const gridSampleMode: Adapter = (c) => {
  if (!c.op.hasAttribute('mode')) return;
  const mode = c.op.string('mode');
  if (mode === 'bilinear') c.setAttribute(textAttribute('mode', 'linear'));
  if (mode === 'bicubic') c.setAttribute(textAttribute('mode', 'cubic'));
};
