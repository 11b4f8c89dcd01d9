import type { Model } from '@refold/ir';
import { createSession, type Feeds, type NdValue } from '@refold/runtime';

/** A way to run models of ours, to be held against the other engine. */
export interface Tier {
  readonly name: string;
  run(model: Model, feeds: Feeds): ReadonlyMap<string, NdValue>;
}

/** The plain kernels. */
export const reference: Tier = { name: 'T0', run: (model, feeds) => createSession(model).run(feeds) };

/** Every tier is held to the same law: a new one is one more entry. */
export const tiers: readonly Tier[] = [reference];
