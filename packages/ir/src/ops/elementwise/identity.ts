import { type Operator, operator } from '../operator.ts';
import { type NoParameters, noParameters } from './operands.ts';

/** The operand itself, of whatever type. */
export const identity: Operator = operator<NoParameters>({
  name: 'Identity',
  view: () => noParameters,
  infer: (ctx) => [ctx.type(0)],
  contents: (ctx) => ctx.dims(0),
});
