import { type Model, RefoldError } from '@refold/ir';
import { bindingsFor, createSession, type Feeds, fromReals, makeInputs, type NdValue } from '@refold/runtime';

/** Two feeds with which a model runs, of the likeliest sizes; none where no sizes do. Masks let everything through. */
export function samplesOf(model: Model): readonly Feeds[] {
  const session = createSession(model, { tier: 'fast' });
  for (const binding of bindingsFor(model)) {
    try {
      const feeds = [1, 2].map((seed) => unmasked(makeInputs(model, binding, { seed })));
      for (const sample of feeds) session.run(sample);
      return feeds;
    } catch (error) {
      if (!(error instanceof RefoldError)) throw error;
    }
  }
  return [];
}

/** With random masks, there are rows without anything, which become NaN. */
function unmasked(feeds: ReadonlyMap<string, NdValue>): Feeds {
  return new Map(
    [...feeds].map(([name, value]) => {
      const isMask = /mask/i.test(name) && value.kind === 'tensor' && value.dtype.startsWith('int');
      return [
        name,
        isMask ? fromReals(value.dtype, value.dims, new Float64Array(value.size).fill(1)) : value,
      ];
    }),
  );
}
