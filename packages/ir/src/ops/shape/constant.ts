import type { Int } from '../../graph/attribute.ts';
import { isInteger } from '../../types/dtype.ts';
import { tensorInts, tensorOf } from '../../types/elements.ts';
import type { SparseTensor, Tensor } from '../../types/tensor.ts';
import { tensorType, type ValueType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { MAX_CONTENTS } from '../sizes.ts';

/** The attribute that says what a `Constant` node holds. */
export interface ConstantView extends View {
  readonly form: (typeof forms)[number];
}

const forms = [
  'value',
  'sparse_value',
  'value_float',
  'value_floats',
  'value_int',
  'value_ints',
  'value_string',
  'value_strings',
] as const;

/** Reads the parameters of `Constant`. */
export function constantView(ctx: OpContext): ConstantView {
  const given = forms.filter((name) => ctx.hasAttribute(name));
  const form = given[0];
  if (form === undefined || given.length > 1) throw ctx.invalid('exactly one value attribute must be given');
  return { form };
}

/** The data of a `Constant` node whose form is not `sparse_value`; undefined for that one. */
export function constantData(ctx: OpContext, view: ConstantView): Tensor | undefined {
  switch (view.form) {
    case 'value':
      return ctx.tensor('value');
    case 'sparse_value':
      return undefined;
    case 'value_float':
      return tensorOf('float32', [], [ctx.float('value_float') ?? 0]);
    case 'value_floats':
      return listTensor('float32', ctx.floatsAttribute('value_floats') ?? []);
    case 'value_int':
      return tensorOf('int64', [], intsOf(ctx, 'value_int'));
    case 'value_ints':
      return listTensor('int64', intsOf(ctx, 'value_ints'));
    case 'value_string':
      return tensorOf('string', [], [ctx.string('value_string') ?? '']);
    case 'value_strings': {
      const strings = [...(ctx.stringsAttribute('value_strings') ?? [])];
      return tensorOf('string', [strings.length], strings);
    }
  }
}

/** The data of a `Constant` node given as `sparse_value`. */
export function constantSparse(ctx: OpContext): SparseTensor | undefined {
  const a = ctx.attribute('sparse_value');
  if (a === undefined) return undefined;
  if (a.type !== 'sparse') throw ctx.invalid('attribute sparse_value is not a sparse tensor');
  return a.value;
}

function listTensor(dtype: 'float32' | 'int64', values: readonly Int[]): Tensor {
  return tensorOf(dtype, [values.length], values);
}

/** Integers with all their bits, which `ctx.int` would round to double. */
function intsOf(ctx: OpContext, name: string): readonly Int[] {
  const a = ctx.attribute(name);
  if (a?.type === 'int') return [a.value];
  if (a?.type === 'ints') return a.value;
  return ctx.intsAttribute(name) ?? [];
}

/** A constant tensor. */
export const constant: Operator<ConstantView> = operator<ConstantView>({
  name: 'Constant',
  view: constantView,
  infer(ctx, view): readonly (ValueType | undefined)[] {
    if (view.form === 'sparse_value') {
      const sparse = constantSparse(ctx);
      return [sparse && tensorType(sparse.values.dtype, sparse.dims)];
    }
    const tensor = constantData(ctx, view);
    return [tensor && tensorType(tensor.dtype, tensor.dims)];
  },
  contents(ctx, view) {
    const tensor = constantData(ctx, view);
    if (!tensor || !isInteger(tensor.dtype) || tensor.rank > 1 || tensor.size > MAX_CONTENTS)
      return undefined;
    const ints = tensorInts(tensor);
    return ints.every((i) => typeof i === 'number') ? ints : undefined;
  },
});
