import { tensorFloats } from '@refold/ir';
import type { LinearLayer } from '../layers/linear-layer.ts';
import { type Cells, type CellThetas, cellCodes, cellExtremes, cellNumbers } from '../theta/cells.ts';
import { descend } from './descent.ts';
import { feedBack, feedbackFactor } from './feedback.ts';
import type { Gram } from './gram.ts';
import { errorsOf, lossOfErrors, newRow, type RowCodes } from './row-codes.ts';
import { readRow, type WeightRow, weightRows, writeRow } from './weight-rows.ts';

/** `descent` takes K^2 an output channel, `feedback` and K^3 a layer besides, for K weights an output channel. */
export const roundingMethods = ['nearest', 'descent', 'feedback'] as const;

/**
 * How codes of weights are chosen: each by itself (`nearest`); flipped between the two next ones while the error of the
 * output falls (`descent`); or one after the other, with the error of each made up for by those that follow (`feedback`).
 */
export type RoundingMethod = (typeof roundingMethods)[number];

/** How `roundWeights` looks for codes. */
export interface RoundOptions {
  /** `feedback` when absent. */
  readonly method?: RoundingMethod;
  /** Sweeps of the descent; 3 when absent. After `feedback` there is one. */
  readonly sweeps?: number;
  /** Layers of more weights an output channel are rounded by `descent` instead of `feedback`; 2,304 when absent. */
  readonly feedbackLimit?: number;
  /** Whether the elements from which scales follow keep their codes; false when absent. */
  readonly keepExtremes?: boolean;
}

/** Codes of a weight, and what they cost. */
export interface Rounded {
  /** One an element, as `cellCodes` gives them. */
  readonly codes: Float64Array;
  /** Mean squared error of the output, summed over channels: of the nearest codes, and of these. */
  readonly nearestLoss: number;
  readonly loss: number;
}

/**
 * Chooses the codes of a weight so that the output of the layer moves least on the data that was seen, and not each
 * weight by itself. The error of no output channel is larger than with the nearest codes.
 *
 * @param grams the moments of the data of each group, as a `GramCollector` has them.
 */
export function roundWeights(
  layer: LinearLayer,
  cells: Cells,
  thetas: CellThetas,
  grams: readonly Gram[],
  options: RoundOptions = {},
): Rounded {
  const { sweeps = 3, feedbackLimit = 2304, keepExtremes = false } = options;
  const weights = tensorFloats(layer.tensor);
  const { dims } = layer.tensor;
  const codes = Float64Array.from(cellCodes(weights, dims, cells, thetas));
  const spread = cellNumbers(dims, cells, thetas);
  const fixed = keepExtremes ? Float64Array.from(cellExtremes(weights, dims, cells)) : undefined;
  const rows = weightRows(layer);
  const wanted = options.method ?? 'feedback';
  const method = wanted === 'feedback' && (rows[0]?.size ?? 0) > feedbackLimit ? 'descent' : wanted;
  const factors = method === 'feedback' ? grams.map(feedbackFactor) : [];
  const row = newRow(rows[0]?.size ?? 0, thetas.format);
  let [nearestLoss, loss] = [0, 0];
  for (const at of rows) {
    const gram = grams[at.group];
    if (!gram) continue;
    load(row, at, weights, codes, spread);
    if (fixed) readRow(at, fixed, row.fixed);
    const nearest = lossOfErrors(errorsOf(row), gram.moments);
    nearestLoss += nearest;
    const best = method === 'nearest' ? nearest : improve(row, gram, factors[at.group], sweeps, nearest);
    loss += best;
    if (best < nearest) writeRow(at, row.codes, codes);
  }
  return { codes, nearestLoss, loss };
}

/** Answers the loss with the codes in `row`, which are the nearest ones at first. */
function improve(
  row: RowCodes,
  gram: Gram,
  factor: Float64Array | undefined,
  sweeps: number,
  nearest: number,
): number {
  const { moments } = gram;
  if (factor) {
    const before = row.codes.slice();
    feedBack(row, factor);
    descend(row, moments, 1);
    const loss = lossOfErrors(errorsOf(row), moments);
    if (loss <= nearest) return loss;
    row.codes.set(before);
  }
  descend(row, moments, sweeps);
  return Math.min(nearest, lossOfErrors(errorsOf(row), moments));
}

function load(
  row: RowCodes,
  at: WeightRow,
  weights: Float64Array,
  codes: Float64Array,
  spread: { readonly scales: Float64Array; readonly zeroPoints: Float64Array },
): void {
  readRow(at, weights, row.weights);
  readRow(at, codes, row.codes);
  readRow(at, spread.scales, row.scales);
  readRow(at, spread.zeroPoints, row.zeroPoints);
}
