// Sequence operators' names and parameters, for kernels, passes and patterns.
export { type ConcatFromSequenceView, concatFromSequence } from './concat-from-sequence.ts';
export { optional, optionalGetElement, optionalHasElement } from './optional.ts';
export { sequenceConstruct } from './sequence-construct.ts';
export { type SequencePositionView, sequenceAt, sequenceErase, sequenceInsert } from './sequence-edit.ts';
export { type SequenceEmptyView, sequenceEmpty } from './sequence-empty.ts';
export { sequenceLength } from './sequence-length.ts';
export { type SplitToSequenceView, splitToSequence } from './split-to-sequence.ts';
