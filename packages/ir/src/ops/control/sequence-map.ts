import type { ValueType } from '../../types/value-type.ts';
import { type Operator, operator } from '../operator.ts';
import { loopBody } from './loop.ts';
import { elementType } from './merge-types.ts';

/** Parameters of `SequenceMap`. */
export type SequenceMapView = {
  /** Number of sequences that the body fills. */
  readonly results: number;
};

/** `SequenceMap`: runs its body for each element of sequences; operands that are not sequences stay the same. */
export const sequenceMap: Operator<SequenceMapView> = operator({
  name: 'SequenceMap',

  view(ctx) {
    const body = loopBody(ctx);
    if (body.inputs.length !== ctx.inputCount) {
      throw ctx.invalid(`the body has ${body.inputs.length} inputs instead of ${ctx.inputCount}`);
    }
    if (body.outputs.length < ctx.outputCount) {
      throw ctx.invalid(`the body has ${body.outputs.length} outputs, the node ${ctx.outputCount}`);
    }
    return { results: body.outputs.length };
  },

  infer(ctx) {
    const infer = ctx.facts.inferGraph?.bind(ctx.facts);
    if (infer === undefined) return [];
    const inputs: (ValueType | undefined)[] = [];
    for (let i = 0; i < ctx.inputCount; i += 1) {
      const type = ctx.type(i);
      inputs.push(type?.kind === 'sequence' ? elementType(type) : type);
    }
    return infer(loopBody(ctx), inputs).map((of) => ({ kind: 'sequence', of }));
  },
});
