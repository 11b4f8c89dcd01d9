import { oneHotEncoder } from '@refold/ir';
import { asTensor, reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { NodeCache } from './node-cache.ts';

const tables = new NodeCache<ReadonlyMap<string | number, number>>();

/** A 1 at the place of the category of each element, along a new last axis. Numbers are truncated first. */
export const oneHotEncoderKernel: Kernel = {
  domain: 'ai.onnx.ml',
  name: 'OneHotEncoder',
  run(inputs, ctx) {
    const x = asTensor(inputs[0], ctx, 0);
    const { categories, zeros } = oneHotEncoder.view(ctx.op);
    const table = tables.get(ctx, () => {
      const strings = ctx.op.stringsAttribute('cats_strings') ?? [];
      const list = strings.length > 0 ? strings : (ctx.op.intsAttribute('cats_int64s') ?? []);
      return new Map(list.map((category, i) => [category, i]));
    });
    const out = ctx.alloc('float32', [...x.dims, categories]);
    const elements: ArrayLike<string | number> = Array.isArray(x.data)
      ? x.data
      : reals(realOperand(inputs, ctx, 0));
    for (let i = 0; i < elements.length; i += 1) {
      const element = elements[i] as string | number;
      const place = table.get(typeof element === 'number' ? Math.trunc(element) : element);
      if (place !== undefined) out.data[i * categories + place] = 1;
      else if (!zeros) throw ctx.op.invalid(`${element} is not a category`);
    }
    return [out];
  },
};
