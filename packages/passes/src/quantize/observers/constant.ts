import type { Range } from '../statistics/range.ts';
import type { Observer } from './observer.ts';

/** A range that does not depend on what was seen, as that of `Softmax`. It is widened to hold 0. */
export function constantRange({ min, max }: Range): Observer {
  const range = { min: Math.min(0, min), max: Math.max(0, max) };
  return { name: 'constant', range: () => range };
}
