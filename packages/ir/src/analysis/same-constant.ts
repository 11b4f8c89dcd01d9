import type { Value } from '../graph/value.ts';
import { constantTensor } from '../infer/constant.ts';
import { sameTensor } from './tensor-key.ts';

/** Whether two values are constants that are equal bit for bit, so that who reads one may as well read the other. */
export function sameConstant(a: Value | undefined, b: Value | undefined): boolean {
  const x = a && constantTensor(a);
  const y = b && constantTensor(b);
  return x !== undefined && y !== undefined && sameTensor(x, y);
}
