import { type Editor, tensorFloats, type Value } from '@refold/ir';
import type { Classes } from '../classes/form-classes.ts';
import type { Collected } from '../constraints/collect.ts';
import { type ChosenCodes, constantThetas } from '../emit/constants.ts';
import { type LinearLayer, linearLayers } from '../layers/linear-layer.ts';
import { canShiftBias, meanShift, shiftBias } from './bias-correction.ts';
import { centred, type Gram, GramCollector, type GramOptions, gramBytes } from './gram.ts';
import { type RoundOptions, roundWeights } from './round-weights.ts';

/** Bytes that moments of all layers may take. Layers beyond keep the nearest codes. */
const MOST_BYTES = 2 ** 28;

export interface RefineOptions extends RoundOptions {
  /** Whether biases take away what codes of weights do to the mean of outputs; true when absent. */
  readonly biasCorrection?: boolean;
}

/** What the output of a layer loses by the codes of its weights. */
export interface RefinedLayer {
  readonly layer: LinearLayer;
  /** Mean squared error, summed over channels: with the nearest codes, and with the chosen ones. */
  readonly nearestLoss: number;
  readonly loss: number;
}

export interface Refinement {
  readonly codes: ChosenCodes;
  readonly layers: readonly RefinedLayer[];
  /** Whether biases are others now: then constraints are to be collected anew. */
  readonly biasesChanged: boolean;
}

/** Gathers what `refineWeights` needs, of as many layers as there is room for, those that need least first. */
export function collectorFor({ table, quantized }: Collected, options: GramOptions = {}): GramCollector {
  const wanted = linearLayers(quantized)
    .filter((layer) => layer.weight.useCount === 1 && table.use(layer.node, 1))
    .toSorted((a, b) => gramBytes(a) - gramBytes(b));
  const layers: LinearLayer[] = [];
  let bytes = 0;
  for (const layer of wanted) {
    bytes += gramBytes(layer);
    if (bytes > MOST_BYTES) break;
    layers.push(layer);
  }
  return new GramCollector(layers, options);
}

/**
 * Chooses the codes of weights by what their layers see, and lets biases take away what is left of the mean error.
 * Weights that several nodes read keep the nearest codes.
 */
export function refineWeights(
  editor: Editor,
  { table, quantized }: Collected,
  { classes }: Classes,
  collector: GramCollector,
  { biasCorrection = true, ...rounding }: RefineOptions = {},
): Refinement {
  const classAt = new Map(classes.flatMap((c) => c.points.map((point) => [point.key, c])));
  const codes = new Map<Value, Float64Array>();
  const layers: RefinedLayer[] = [];
  const shifts: (readonly [LinearLayer, Float64Array])[] = [];
  for (const layer of linearLayers(quantized)) {
    const point = table.use(layer.node, 1);
    const own = point && classAt.get(point.key);
    const grams = collector.of(layer);
    if (!own || !grams) continue;
    const numbers = tensorFloats(layer.tensor);
    const { cells, thetas } = constantThetas(layer.tensor, numbers, own);
    const corrected = biasCorrection && canShiftBias(layer);
    const used: readonly Gram[] = corrected ? grams.map(centred) : grams;
    const rounded = roundWeights(layer, cells, thetas, used, rounding);
    codes.set(layer.weight, rounded.codes);
    layers.push({ layer, nearestLoss: rounded.nearestLoss, loss: rounded.loss });
    if (corrected) shifts.push([layer, meanShift(layer, cells, thetas, rounded.codes, grams)]);
  }
  let biasesChanged = false;
  for (const [layer, shift] of shifts) biasesChanged = shiftBias(editor, layer, shift) || biasesChanged;
  return { codes, layers, biasesChanged };
}
