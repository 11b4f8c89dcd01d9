import { InternalError } from '@refold/ir';
import type { CodeType, Format } from '../theta/format.ts';
import { type Demand, hasType } from './demand.ts';

/** The form of the codes of a class: what it is fixed to, else the first type that it may have. */
export function chooseFormat(demand: Demand, types: readonly CodeType[]): Format {
  const { fixed, symmetric, powerOfTwo, narrow } = demand;
  if (fixed && fixed !== 'conflict') return fixed.format;
  const dtype = types.find((type) => hasType(demand.types, type)) ?? types[0];
  if (!dtype) throw new InternalError('no types of codes to choose from');
  return { dtype, symmetric, powerOfTwo, narrow };
}
