import type { Operator } from '../operator.ts';
import { concatFromSequence } from './concat-from-sequence.ts';
import { optional, optionalGetElement, optionalHasElement } from './optional.ts';
import { sequenceConstruct } from './sequence-construct.ts';
import { sequenceAt, sequenceErase, sequenceInsert } from './sequence-edit.ts';
import { sequenceEmpty } from './sequence-empty.ts';
import { sequenceLength } from './sequence-length.ts';
import { splitToSequence } from './split-to-sequence.ts';

export const sequenceOperators: readonly Operator[] = [
  concatFromSequence,
  optional,
  optionalGetElement,
  optionalHasElement,
  sequenceAt,
  sequenceConstruct,
  sequenceEmpty,
  sequenceErase,
  sequenceInsert,
  sequenceLength,
  splitToSequence,
];
