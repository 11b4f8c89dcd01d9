import { tensorType } from '../../types/value-type.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** `SequenceLength`: the number of elements as an int64 scalar. */
export const sequenceLength: Operator<View> = operator({
  name: 'SequenceLength',
  view: () => ({}),
  infer: () => [tensorType('int64', [])],
});
