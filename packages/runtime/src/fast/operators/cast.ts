import { cast, type DType, elementCount, InternalError } from '@refold/ir';
import { NdArray } from '../../tensor/nd-array.ts';
import { dimsOf } from '../facts.ts';
import type { Lowering } from '../site.ts';
import { castFloats } from './elementwise.ts';

/** Types whose arrays hold their elements as numbers, so that storing them as float32 rounds once. */
const numbers: ReadonlySet<DType | undefined> = new Set([
  'bool',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
] as const);

export const lowerCast: Lowering = (site) => castFloats(site) || castNumbers(site);

/** Of bool and of integers to float32, from where they are into the arena: a mask is smaller than its floats. */
const castNumbers: Lowering = (site) => {
  const operand = site.value(0);
  const dims = operand && dimsOf(site.around.storage.fact(operand));
  if (!dims || !site.result || elementCount(dims) === 0) return false;
  if (cast.view(site.op).to !== 'float32' || !numbers.has(site.op.dtype(0))) return false;
  const source = site.source(0);
  const y = site.write('plain');
  const count = elementCount(dims);
  const { memory } = site;
  site.emit('cast', [y, source.place], (state) => {
    const given = source.read(state);
    if (!(given instanceof NdArray)) throw new InternalError('a tensor was expected');
    memory.floats(y.at, count).set(given.data as ArrayLike<number>);
  });
  return true;
};
