import { type DType, dtypeFromCode } from '../../types/dtype.ts';
import { tensorType } from '../../types/value-type.ts';
import { type Operator, operator } from '../operator.ts';

/** Parameters of `SequenceEmpty`. */
export type SequenceEmptyView = {
  /** Element type of the tensors that the sequence may take. */
  readonly dtype: DType;
};

/** `SequenceEmpty`: a sequence without elements. */
export const sequenceEmpty: Operator<SequenceEmptyView> = operator({
  name: 'SequenceEmpty',

  view(ctx) {
    const code = ctx.int('dtype') ?? 1;
    const dtype = dtypeFromCode(code);
    if (dtype === undefined) throw ctx.invalid(`dtype ${code} is not an element type`);
    return { dtype };
  },

  infer(_ctx, view) {
    return [{ kind: 'sequence', of: tensorType(view.dtype) }];
  },
});
