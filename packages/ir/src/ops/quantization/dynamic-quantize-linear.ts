import { tensorType } from '../../types/value-type.ts';
import { type NoParameters, noParameters } from '../elementwise/operands.ts';
import { type Operator, operator } from '../operator.ts';

/** Codes (uint8) of a float32 tensor, with the scale and the zero point that its own range asks for. */
export const dynamicQuantizeLinear: Operator<NoParameters> = operator<NoParameters>({
  name: 'DynamicQuantizeLinear',
  view: () => noParameters,
  infer: (ctx) =>
    [tensorType('uint8', ctx.shape(0)), tensorType('float32', []), tensorType('uint8', [])].slice(
      0,
      ctx.outputCount,
    ),
});
