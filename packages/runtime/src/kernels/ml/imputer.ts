import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor, type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realResult } from '../real-result.ts';
import { int64s } from './labels.ts';

/** Replaces one value, perhaps NaN, by others: one for all columns or one for each. */
export const imputerKernel: Kernel = {
  domain: 'ai.onnx.ml',
  name: 'Imputer',
  run(inputs, ctx) {
    const x = asTensor(inputs[0], ctx, 0);
    const floats = ctx.op.floatsAttribute('imputed_value_floats') ?? [];
    return [
      x.dtype === 'float32' || x.dtype === 'float64' ? replaceFloats(ctx, x, floats) : replaceInts(ctx, x),
    ];
  },
};

function replaceFloats(ctx: KernelContext, x: NdArray, values: readonly number[]): NdArray {
  const wanted = ctx.op.float('replaced_value_float') ?? 0;
  const out = realResult(ctx, x.dtype, x.dims);
  const data: Reals = reals(x);
  const columns = columnsOf(ctx, x, values.length);
  for (let i = 0; i < data.length; i += 1) {
    const v = data[i] as number;
    const found = v === wanted || (Number.isNaN(wanted) && Number.isNaN(v));
    out.values[i] = found ? (values[values.length === 1 ? 0 : i % columns] as number) : v;
  }
  return out.done();
}

function replaceInts(ctx: KernelContext, x: NdArray): NdArray {
  const values = int64s(ctx, 'imputed_value_int64s') ?? new BigInt64Array(0);
  const attribute = ctx.op.attribute('replaced_value_int64');
  const wanted = attribute?.type === 'int' ? BigInt(attribute.value) : 0n;
  const columns = columnsOf(ctx, x, values.length);
  const out = ctx.alloc(x.dtype, x.dims);
  const pick = (i: number): bigint => values[values.length === 1 ? 0 : i % columns] ?? 0n;
  if (x.data instanceof BigInt64Array && out.data instanceof BigInt64Array) {
    for (let i = 0; i < x.data.length; i += 1) {
      const v = x.data[i] as bigint;
      out.data[i] = v === wanted ? pick(i) : v;
    }
  } else if (x.data instanceof Int32Array && out.data instanceof Int32Array) {
    for (let i = 0; i < x.data.length; i += 1) {
      const v = x.data[i] as number;
      out.data[i] = BigInt(v) === wanted ? Number(BigInt.asIntN(32, pick(i))) : v;
    }
  } else {
    throw ctx.op.invalid(`it cannot replace values of type ${x.dtype}`);
  }
  return out;
}

function columnsOf(ctx: KernelContext, x: NdArray, count: number): number {
  const columns = x.dims.at(-1) ?? 1;
  if (count !== 1 && count !== columns) throw ctx.op.invalid(`it has ${count} values for ${columns} columns`);
  return columns;
}
