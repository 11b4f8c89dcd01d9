import type { Operator } from '../operator.ts';
import { ifElse } from './if.ts';
import { loop } from './loop.ts';
import { scan } from './scan.ts';
import { sequenceMap } from './sequence-map.ts';

export const controlOperators: readonly Operator[] = [ifElse, loop, scan, sequenceMap];
