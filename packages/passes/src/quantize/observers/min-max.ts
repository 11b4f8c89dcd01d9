import { rangeOf } from '../statistics/range.ts';
import type { Observer } from './observer.ts';

/** Clips nothing: for weights, and where clipping is fatal. */
export const minMax: Observer = { name: 'min-max', range: rangeOf };
