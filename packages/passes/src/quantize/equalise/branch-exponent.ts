import { tensorNumbers } from '../../support/tensor-numbers.ts';
import { forEachWeightRow, type LinearLayer } from '../layers/linear-layer.ts';
import type { Histogram } from '../statistics/histogram.ts';
import { rangeOf } from '../statistics/range.ts';
import type { CodeFamily } from '../targets/target.ts';
import { noiseOf, signalOf } from '../theta/noise.ts';
import { codeSpan, type Theta, thetaOf } from '../theta/theta.ts';
import type { Branch } from './branch.ts';
import { inputFactors, sinksByLayer } from './scale-channels.ts';

/** A branch that shares the scale of a class. */
export interface SharedBranch {
  readonly branch: Branch;
  /** What was seen of the branch where it meets the others. */
  readonly seen: Histogram;
  readonly theta: Theta;
  /** What was seen of the data of a layer that reads the branch, all channels together. */
  readonly dataOf: (layer: LinearLayer) => Histogram | undefined;
  /** How the target codes weights. */
  readonly weights: CodeFamily;
}

/**
 * How often to double a branch, at most `most` times, so that the layers that read it lose least. What it gains on the
 * codes of its class, these layers lose on their weights: those for the branch are halved as often, and share a scale
 * with those for the other channels.
 */
export function bestExponent(shared: SharedBranch, most: number): number {
  const { seen, theta, weights, dataOf } = shared;
  const { source, reach } = shared.branch;
  const halved = new Float64Array(source.channels).fill(2);
  const layers = sinksByLayer(reach.sinks).map(([layer, sinks]) => ({
    rows: rowsOf(layer, inputFactors(layer, sinks, halved), weights.perChannel),
    others: meanSquare(dataOf(layer)),
  }));
  const own = meanSquare(seen);
  const span = codeSpan({ ...theta.format, dtype: weights.types[0] ?? 'int8' });
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let exponent = 0; exponent <= most; exponent += 1) {
    const rounded = roundingNoise(seen, theta, exponent);
    const loss = layers.reduce((sum, { rows, others }) => {
      const powers = { own, others, rounded };
      return sum + lossOfLayer(rows, powers, 2 ** exponent, span);
    }, 0);
    if (loss < least) [best, least] = [exponent, loss];
  }
  return best;
}

/** Weights of one output channel: those that meet the branch, and all others. */
interface Row {
  readonly own: WeightSums;
  readonly others: WeightSums;
  /** The output channels with which it shares a scale have these as well. */
  readonly largest: { own: number; others: number };
}

interface WeightSums {
  count: number;
  squares: number;
}

/** @param factors by input channel: 1 unless it is of the branch. */
function rowsOf(layer: LinearLayer, factors: Float64Array, perChannel: boolean): readonly Row[] {
  const shared = { own: 0, others: 0 };
  const rows = Array.from({ length: layer.outputs }, (): Row => {
    const largest = perChannel ? { own: 0, others: 0 } : shared;
    return { own: { count: 0, squares: 0 }, others: { count: 0, squares: 0 }, largest };
  });
  const values = tensorNumbers(layer.tensor);
  const { window } = layer;
  forEachWeightRow(layer, (at, length, output, outputStep, input, inputStep) => {
    for (let b = at, o = output, c = input; b < at + length; b += 1, o += outputStep, c += inputStep) {
      const row = rows[o];
      if (!row) continue;
      const side = factors[c] === 1 ? 'others' : 'own';
      const sums = row[side];
      sums.count += window;
      for (let i = b * window; i < (b + 1) * window; i += 1) {
        const w = Math.abs(values[i] as number);
        sums.squares += w * w;
        if (w > row.largest[side]) row.largest[side] = w;
      }
    }
  });
  return rows;
}

/** Mean squares of the data: of the branch, of all, and of what rounding does to the branch. */
interface Powers {
  readonly own: number;
  readonly others: number;
  readonly rounded: number;
}

/** Noise over signal of what a layer computes, if errors are independent and weights are rounded evenly. */
function lossOfLayer(rows: readonly Row[], powers: Powers, factor: number, span: number): number {
  let noise = 0;
  let signal = 0;
  for (const { own, others, largest } of rows) {
    const step = (2 * Math.max(largest.own / factor, largest.others)) / span;
    const weightNoise = (step * step) / 12;
    noise += powers.rounded * own.squares;
    noise += powers.own * Math.min(own.count * weightNoise * factor * factor, own.squares);
    noise += powers.others * Math.min(others.count * weightNoise, others.squares);
    signal += powers.own * own.squares + powers.others * others.squares;
  }
  return signal > 0 ? noise / signal : 0;
}

/** Mean square of what the scale of the class does to the branch, if that is doubled before and halved behind. */
function roundingNoise(seen: Histogram, theta: Theta, exponent: number): number {
  const scale = theta.scale / 2 ** exponent;
  return noiseOf(seen, { ...thetaOf(rangeOf(seen), theta.format), scale }).noise / Math.max(1, seen.count);
}

function meanSquare(seen: Histogram | undefined): number {
  return seen && seen.count > 0 ? signalOf(seen) / seen.count : 0;
}
