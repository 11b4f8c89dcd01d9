import { tensorNumbers } from '../../support/tensor-numbers.ts';
import { forEachWeightRow, type LinearLayer } from './linear-layer.ts';

/** The largest magnitude in each window of a weight. */
export function magnitudesOf(layer: LinearLayer): Float64Array {
  const { window } = layer;
  const values = tensorNumbers(layer.tensor);
  const found = new Float64Array(values.length / Math.max(1, window));
  for (let b = 0, i = 0; b < found.length; b += 1) {
    let largest = 0;
    for (const end = i + window; i < end; i += 1) largest = Math.max(largest, Math.abs(values[i] as number));
    found[b] = largest;
  }
  return found;
}

/** The largest magnitude of each channel, when channels of outputs and inputs are multiplied by factors. */
export function channelRanges(
  layer: LinearLayer,
  magnitudes: Float64Array,
  side: 'outputs' | 'inputs',
  outputFactors: Float64Array,
  inputFactors: Float64Array,
): Float64Array {
  const ranges = new Float64Array(layer[side]);
  forEachWeightRow(layer, (at, length, output, outputStep, input, inputStep) => {
    for (let b = at, o = output, i = input; b < at + length; b += 1, o += outputStep, i += inputStep) {
      const x = (magnitudes[b] as number) * (outputFactors[o] as number) * (inputFactors[i] as number);
      const channel = side === 'outputs' ? o : i;
      if (x > (ranges[channel] as number)) ranges[channel] = x;
    }
  });
  return ranges;
}
