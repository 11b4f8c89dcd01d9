import { type Editor, type Node, tensorOf } from '@refold/ir';
import { tensorNumbers } from '../../support/tensor-numbers.ts';
import { type BitsByName, weightType } from '../constraints/bits.ts';
import { operandsOf } from '../constraints/operands.ts';
import { type LinearLayer, linearLayers } from '../layers/linear-layer.ts';
import type { Target } from '../targets/target.ts';
import { type Cells, cellCodes, cellNumbers, cellThetas } from '../theta/cells.ts';
import type { CodeArray, Format } from '../theta/format.ts';
import { biasPlace, meanShift, shiftBias } from './bias-correction.ts';
import { centred, type Gram } from './gram.ts';
import { type RoundOptions, roundWeights } from './round-weights.ts';

/** Which weights `roundModel` rounds, and how. */
export interface RoundModelOptions extends Omit<RoundOptions, 'keepExtremes'> {
  /** Layers whose weights stay as they are. */
  readonly keep?: (node: Node) => boolean;
  /** Bits of codes that were asked for, by names. */
  readonly bits?: BitsByName;
  /** Whether biases take the mean errors of their channels away; true when absent. */
  readonly correctBiases?: boolean;
}

/** What `roundModel` changed. */
export interface RoundedModel {
  readonly layers: number;
  /** Biases that were corrected, or made. */
  readonly biases: number;
  /** Mean squared errors of the outputs of layers whose codes were chosen: with the nearest ones, and as it is now. */
  readonly nearestLoss: number;
  readonly loss: number;
}

/**
 * Replaces the float weights of layers, in place, by numbers that codes of a target stand for, chosen so that the
 * outputs of layers move least on the data that was seen. The elements from which scales follow stay, so that whatever
 * makes codes of them later makes these. To be called before constraints are collected: layers may get a bias.
 *
 * @param grams the moments of the data of a layer, as a `GramCollector` has them, means alone for the nearest codes, which
 * leave weights as they are; layers without any are left alone.
 */
export function roundModel(
  editor: Editor,
  target: Target,
  grams: (layer: LinearLayer) => readonly Gram[] | undefined,
  options: RoundModelOptions = {},
): RoundedModel {
  const { keep, correctBiases = true, bits = new Map() } = options;
  const found = { layers: 0, biases: 0, nearestLoss: 0, loss: 0 };
  for (const layer of linearLayers(editor.model.graph.nodes())) {
    const { node, weight, tensor } = layer;
    const moments = keep?.(node) || weight.useCount > 1 ? undefined : grams(layer);
    if (!moments || !node.graph) continue;
    const cells = cellsOf(node, target);
    const weights = tensorNumbers(tensor);
    const thetas = cellThetas(weights, tensor.dims, cells, formatOf(target, bits, node));
    const canShift = correctBiases && biasPlace(layer) !== undefined;
    let codes: Float64Array | CodeArray;
    if (options.method === 'nearest') codes = cellCodes(weights, tensor.dims, cells, thetas);
    else {
      // What the bias takes away need not be small.
      const used = canShift ? moments.map(centred) : moments;
      const rounded = roundWeights(layer, cells, thetas, used, { ...options, keepExtremes: true });
      found.nearestLoss += rounded.nearestLoss;
      found.loss += rounded.loss;
      codes = rounded.codes;
    }
    found.layers += 1;
    if (canShift && shiftBias(editor, layer, meanShift(layer, cells, thetas, codes, moments)))
      found.biases += 1;
    if (options.method === 'nearest') continue;
    const { scales, zeroPoints } = cellNumbers(tensor.dims, cells, thetas);
    const numbers = Float32Array.from(
      codes,
      (q, i) => (q - (zeroPoints[i] as number)) * (scales[i] as number),
    );
    const value = editor.addConstant(node.graph, tensorOf('float32', tensor.dims, numbers), weight.name);
    editor.setOperand(node, 1, value);
    if (weight.isInitializer) editor.removeInitializer(weight);
    else if (weight.producer) editor.eraseNode(weight.producer);
    // What was asked for by its name is still asked for.
    editor.rename(value, weight.name);
  }
  return found;
}

/** The cells that the target has scales for. */
function cellsOf(node: Node, target: Target): Cells {
  const axis = target.weights.perChannel ? operandsOf(node).weights?.[0]?.axis(node) : undefined;
  return axis === undefined ? { kind: 'tensor' } : { kind: 'axis', axis };
}

function formatOf(target: Target, bits: BitsByName, node: Node): Format {
  const { symmetric, powerOfTwo, narrow } = target.weights;
  return { dtype: weightType(target, bits, node), symmetric, powerOfTwo, narrow };
}
