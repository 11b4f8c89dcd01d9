import { type Editor, type Model, RefoldError, type Value } from '@refold/ir';
import { channelRanges, magnitudesOf } from '../layers/channel-ranges.ts';
import { type Reach, reachOf } from '../layers/reach.ts';
import { type ChannelSource, channelSource } from './channel-source.ts';
import type { Equalised } from './cross-layer.ts';
import { scaleChannels } from './scale-channels.ts';

/** How `migrateOutliers` shares the spread of channels between activations and weights. */
export interface MigrateOptions {
  /** How much of the spread of activations goes into the weights, from 0 (none) to 1 (all); 1/2 when absent. */
  readonly alpha?: number;
  /** Whether factors are powers of two, with which the model computes the same to the bit; true when absent. */
  readonly powersOfTwo?: boolean;
}

/** Results of normalisations, of which layers alone read the channels, and the axis of these: see `ChannelMaxima`. */
export function migratableValues(model: Model): ReadonlyMap<Value, number> {
  const found = new Map<Value, number>();
  for (const { source } of migrations(model)) found.set(source.value, source.axis);
  return found;
}

/**
 * Outlier migration: divides channels of the results of normalisations by max|x|^alpha / max|w|^(1 - alpha), and
 * multiplies the input channels of the layers that read them, so that no channel of the activations stands out so far
 * that it takes the codes of all others. The normalisation takes the factors in. Types must have been inferred.
 *
 * @param maxima the largest magnitudes of the channels of `migratableValues`.
 * @throws RefoldError `usage/option` unless `alpha` is from 0 to 1.
 */
export function migrateOutliers(
  editor: Editor,
  maxima: ReadonlyMap<Value, Float64Array>,
  options: MigrateOptions = {},
): Equalised {
  const { alpha = 0.5, powersOfTwo = true } = options;
  if (!(alpha >= 0 && alpha <= 1)) throw new RefoldError('usage/option', `alpha ${alpha} is not in [0, 1]`);
  const refused: string[] = [];
  let changed = 0;
  for (const { source, reach } of migrations(editor.model)) {
    const seen = maxima.get(source.value);
    if (seen?.length !== source.channels) continue;
    const read = rangesBehind(source, reach);
    const factors = seen.map((x, c) => factorOf(x, read[c] as number, alpha, powersOfTwo));
    if (factors.every((f) => f === 1)) continue;
    if (scaleChannels(editor, source, reach, factors)) changed += 1;
    else refused.push(source.value.name);
  }
  return { layers: changed, refused };
}

function migrations(model: Model): readonly { readonly source: ChannelSource; readonly reach: Reach }[] {
  return [...model.graph.nodes()].flatMap((node) => {
    const source = channelSource(node);
    const reach = source && !source.layer && reachOf(source.value, source.axis);
    return source && reach ? [{ source, reach }] : [];
  });
}

/** The largest magnitude among the weights that each channel meets. */
function rangesBehind(source: ChannelSource, { sinks }: Reach): Float64Array {
  const behind = new Float64Array(source.channels);
  for (const { layer, from, repeat } of sinks) {
    const [outputs, inputs] = [layer.outputs, layer.inputs].map((n) => new Float64Array(n).fill(1));
    if (!outputs || !inputs) continue;
    const ranges = channelRanges(layer, magnitudesOf(layer), 'inputs', outputs, inputs);
    for (let i = 0; i < repeat * source.channels; i += 1) {
      const c = Math.floor(i / repeat);
      behind[c] = Math.max(behind[c] as number, ranges[from + i] as number);
    }
  }
  return behind;
}

function factorOf(x: number, w: number, alpha: number, powerOfTwo: boolean): number {
  if (!(x > 0) || !(w > 0)) return 1;
  const factor = w ** (1 - alpha) / x ** alpha;
  return powerOfTwo ? 2 ** Math.round(Math.log2(factor)) : factor;
}
