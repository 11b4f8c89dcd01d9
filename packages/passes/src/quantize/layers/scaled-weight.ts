import { type Tensor, tensorFloats, tensorOf } from '@refold/ir';
import { forEachWeightRow, type LinearLayer } from './linear-layer.ts';

/**
 * The weight with channels multiplied by factors, rounded once. Undefined when an element is no longer finite or
 * vanishes, and, where it must be exact, when dividing would not give the old one back.
 */
export function scaledWeight(
  layer: LinearLayer,
  side: 'outputs' | 'inputs',
  factors: Float64Array,
  exact: boolean,
): Tensor | undefined {
  const { window, tensor } = layer;
  const values = tensorFloats(tensor);
  const perWindow = new Float64Array(values.length / Math.max(1, window));
  forEachWeightRow(layer, (at, length, output, outputStep, input, inputStep) => {
    const [first, step] = side === 'outputs' ? [output, outputStep] : [input, inputStep];
    for (let b = at, c = first; b < at + length; b += 1, c += step) perWindow[b] = factors[c] as number;
  });
  return scaledBlocks(tensor, values, window, perWindow, exact);
}

/** A tensor of one element a channel, multiplied; also one of several rows of channels, or a splat of one element. */
export function scaledVector(tensor: Tensor, factors: Float64Array, exact: boolean): Tensor | undefined {
  const count = factors.length;
  if (tensor.size === 1 && count > 1) {
    const splat = tensorFloats(tensor)[0] ?? 0;
    const spread = tensorOf(tensor.dtype, [count], new Float64Array(count).fill(splat));
    return scaledVector(spread, factors, exact);
  }
  if (tensor.size % Math.max(1, count) !== 0) return undefined;
  const values = tensorFloats(tensor);
  const all = Float64Array.from(values, (_, i) => factors[i % count] as number);
  return scaledBlocks(tensor, values, 1, all, exact);
}

function scaledBlocks(
  tensor: Tensor,
  values: Float64Array,
  block: number,
  factors: Float64Array,
  exact: boolean,
): Tensor | undefined {
  for (let b = 0, i = 0; b < factors.length; b += 1) {
    const factor = factors[b] as number;
    for (const end = i + block; i < end; i += 1) {
      const x = values[i] as number;
      const y = Math.fround(x * factor);
      if (!Number.isFinite(y) || (y === 0 && x !== 0) || (exact && y / factor !== x)) return undefined;
      values[i] = y;
    }
  }
  return tensorOf(tensor.dtype, tensor.dims, values);
}
