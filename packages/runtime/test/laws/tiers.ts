import type { Model } from '@refold/ir';
import {
  createSession,
  type Feeds,
  loadFastKernels,
  type NdValue,
  type RunOptions,
  type SessionOptions,
} from '@refold/runtime';

/** A way to run models of ours, to be compared with the other engine. */
export interface Tier {
  readonly name: string;
  run(model: Model, feeds: Feeds, options?: RunOptions): ReadonlyMap<string, NdValue>;
}

/** The plain kernels. */
export const reference: Tier = tierOf('T0', 'reference');

/** The kernels in WebAssembly. */
export const fast: Tier = tierOf('T1', 'fast');

if (!(await loadFastKernels())) throw new Error('the fast tier does not run here');

/** Every tier is held to the same law: a new one is one more entry. */
export const tiers: readonly Tier[] = [reference, fast];

function tierOf(name: string, tier: NonNullable<SessionOptions['tier']>): Tier {
  return { name, run: (model, feeds, options) => createSession(model, { tier }).run(feeds, options) };
}
