import { loopBody, sequenceMap } from '@refold/ir';
import type { NdSequence, NdValue } from '../../tensor/nd-array.ts';
import type { Kernel } from '../kernel.ts';

/** Runs a nested graph for each element of sequences of one length. */
export const sequenceMapKernel: Kernel = {
  name: 'SequenceMap',
  run(inputs, ctx) {
    const { results: count } = sequenceMap.view(ctx.op);
    const body = loopBody(ctx.op);
    const first = inputs[0];
    if (first?.kind !== 'sequence') throw ctx.op.invalid('its first input must be a sequence');
    const length = first.items.length;
    for (const input of inputs) {
      if (input?.kind === 'sequence' && input.items.length !== length) {
        throw ctx.op.invalid(`it has sequences of ${length} and of ${input.items.length} elements`);
      }
    }
    const collected: NdValue[][] = Array.from({ length: count }, () => []);
    for (let i = 0; i < length; i += 1) {
      ctx.tick();
      const results = ctx.runGraph(
        body,
        inputs.map((input) => (input?.kind === 'sequence' ? input.items[i] : input)),
      );
      collected.forEach((list, k) => {
        const result = results[k];
        if (result === undefined) throw ctx.op.invalid(`the body gave no result ${k}`);
        list.push(result);
      });
    }
    return collected.map((items): NdSequence => ({ kind: 'sequence', items }));
  },
};
