import { type Model, RefoldError } from '@refold/ir';
import {
  bindingsFor,
  createSession,
  type Feeds,
  fromReals,
  makeInputs,
  type NdValue,
  type SizeOptions,
} from '@refold/runtime';

/**
 * Two feeds with which a model runs, of the likeliest sizes, else of those that are stated of it; none where no sizes
 * do. Masks let everything through.
 */
export function samplesOf(model: Model, stated: SizeOptions = {}): readonly Feeds[] {
  const session = createSession(model, { tier: 'fast' });
  const attempts = [{}, stated].flatMap((options) =>
    bindingsFor(model, options).map((binding) => ({ binding, options })),
  );
  for (const { binding, options } of attempts) {
    try {
      const feeds = [1, 2].map((seed) => unmasked(makeInputs(model, binding, { ...options, seed })));
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
