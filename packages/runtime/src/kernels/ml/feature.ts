import { binarizer, normalizer, scaler } from '@refold/ir';
import { asTensor, type Reals, reals } from '../../tensor/reals.ts';
import { copyWords, wordsOf } from '../../tensor/words.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { rowsOf } from './rows.ts';

const domain = 'ai.onnx.ml';

/** The columns of X that Y lists, in any row. */
export const arrayFeatureExtractorKernel: Kernel = {
  domain,
  name: 'ArrayFeatureExtractor',
  run(inputs, ctx) {
    const x = asTensor(inputs[0], ctx, 0);
    const picked = reals(realOperand(inputs, ctx, 1));
    const columns = x.dims.at(-1);
    if (columns === undefined) throw ctx.op.invalid('X is a scalar and has no columns');
    for (const k of picked) if (!(k >= 0 && k < columns)) throw ctx.op.invalid(`X has no column ${k}`);
    const leading = x.rank === 1 ? [1] : x.dims.slice(0, -1);
    const out = ctx.alloc(x.dtype, [...leading, picked.length]);
    const { words, width } = wordsOf(out);
    const from = wordsOf(x).words;
    const rows = leading.reduce((n, d) => n * d, 1);
    for (let row = 0, at = 0; row < rows; row += 1) {
      for (let i = 0; i < picked.length; i += 1, at += 1) {
        copyWords(words, at * width, from, (row * columns + (picked[i] as number)) * width, width);
      }
    }
    return [out];
  },
};

/** 1 above the threshold, else 0. */
export const binarizerKernel: Kernel = {
  domain,
  name: 'Binarizer',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const { threshold } = binarizer.view(ctx.op);
    const out = realResult(ctx, x.dtype, x.dims);
    const data = reals(x);
    for (let i = 0; i < data.length; i += 1) out.values[i] = (data[i] as number) > threshold ? 1 : 0;
    return [out.done()];
  },
};

/** (X - offset) * scale, with one offset and scale for all columns or one for each. */
export const scalerKernel: Kernel = {
  domain,
  name: 'Scaler',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const view = scaler.view(ctx.op);
    const columns = x.dims.at(-1) ?? 1;
    const offset = perColumn(ctx, view.offset, columns, 0);
    const scale = perColumn(ctx, view.scale, columns, 1);
    const out = realResult(ctx, 'float32', x.dims);
    const data = reals(x);
    for (let i = 0; i < data.length; ) {
      for (let c = 0; c < columns; c += 1, i += 1) {
        out.values[i] = ((data[i] as number) - (offset[c] as number)) * (scale[c] as number);
      }
    }
    return [out.done()];
  },
};

function perColumn(
  ctx: KernelContext,
  given: readonly number[],
  columns: number,
  absent: number,
): Float64Array {
  if (given.length === columns) return Float64Array.from(given);
  if (given.length > 1) throw ctx.op.invalid(`it has ${given.length} values for ${columns} columns`);
  return new Float64Array(columns).fill(given[0] ?? absent);
}

/** Rows divided by their norm; rows whose norm is 0 stay as they are. */
export const normalizerKernel: Kernel = {
  domain,
  name: 'Normalizer',
  run(inputs, ctx) {
    const { array, data, rows, columns } = rowsOf(inputs, ctx);
    const { norm } = normalizer.view(ctx.op);
    const out = realResult(ctx, 'float32', array.dims);
    for (let row = 0; row < rows; row += 1) {
      const at = row * columns;
      const size = normOf(norm, data, at, columns);
      for (let i = at; i < at + columns; i += 1)
        out.values[i] = size === 0 ? (data[i] as number) : (data[i] as number) / size;
    }
    return [out.done()];
  },
};

function normOf(norm: 'MAX' | 'L1' | 'L2', data: Reals, at: number, columns: number): number {
  let size = norm === 'MAX' ? Number.NEGATIVE_INFINITY : 0;
  for (let i = at; i < at + columns; i += 1) {
    const x = data[i] as number;
    if (norm === 'MAX') size = Math.max(size, x);
    else size += norm === 'L1' ? Math.abs(x) : x * x;
  }
  return norm === 'L2' ? Math.sqrt(size) : size;
}

/** The columns of all operands side by side. Operands are cut or filled with 0 to their stated widths. */
export const featureVectorizerKernel: Kernel = {
  domain,
  name: 'FeatureVectorizer',
  run(inputs, ctx) {
    const stated = ctx.op.intsAttribute('inputdimensions') ?? [];
    const parts = inputs.map((_, i) => rowsOf(inputs.slice(i), ctx));
    const widths = parts.map((part, i) => stated[i] ?? part.columns);
    const rows = parts[0]?.rows ?? 0;
    if (parts.some((part) => part.rows !== rows))
      throw ctx.op.invalid('its operands differ in their number of rows');
    if (widths.some((w) => !(w >= 0))) throw ctx.op.invalid('inputdimensions has a negative size');
    const total = widths.reduce((a, b) => a + b, 0);
    const out = realResult(ctx, 'float32', [rows, total]);
    let start = 0;
    parts.forEach((part, p) => {
      const width = widths[p] ?? 0;
      const count = Math.min(width, part.columns);
      for (let row = 0; row < rows; row += 1) {
        for (let c = 0; c < count; c += 1) {
          out.values[row * total + start + c] = part.data[row * part.columns + c] as number;
        }
      }
      start += width;
    });
    return [out.done()];
  },
};
