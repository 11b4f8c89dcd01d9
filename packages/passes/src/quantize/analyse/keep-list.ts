import type { Node } from '@refold/ir';
import type { Feeds } from '@refold/runtime';
import type { BitsByName } from '../constraints/bits.ts';
import { settle } from '../settle.ts';
import { errorsWithout, type Subject } from './count-errors.ts';
import { type LayerError, layerErrors } from './layer-errors.ts';
import type { QuantizedLayer } from './layers.ts';
import { leastCount } from './least-count.ts';
import { OutputErrors } from './output-errors.ts';
import { WiderCodes } from './wider-codes.ts';

/** How `keepListFor` weighs layers; errors are noise over signal of the worst output of the model. */
export interface KeepListOptions {
  /** What a layer gains by running on codes, such as milliseconds; all the same when absent. */
  readonly gain?: (layer: QuantizedLayer) => number;
  /** The errors of layers, where they are known already. */
  readonly errors?: readonly LayerError[];
}

/** What it takes to keep to a budget. */
export interface KeepList {
  /** Layers to leave in floats. */
  readonly layers: readonly QuantizedLayer[];
  /** Their nodes, for the option `keep`. */
  readonly nodes: ReadonlySet<Node>;
  /** Layers with codes of more bits, on which the target computes with integers. */
  readonly wide: readonly QuantizedLayer[];
  /** Their bits, and those that were asked for, for the option `bits`. */
  readonly bits: BitsByName;
  /** Noise over signal of the worst output with nothing of this, and with all. */
  readonly before: number;
  readonly after: number;
  /** Whether `after` is within the budget; not even floats everywhere may be, where other passes round. */
  readonly met: boolean;
}

const noBits: BitsByName = new Map();

/**
 * What to do so that noise over signal of every output is within a budget. Layers get codes of more bits where the target
 * has kernels for them on integers, those that gain most first. Only if that is not enough, layers are left in floats,
 * those that cost most for what they gain first. Searches by halves take no more layers than they must. The model is as
 * before afterwards. Beside the errors of layers, with few bits and with many, it takes about 2 log2 of their number of
 * measurements on all samples.
 */
export function keepListFor(
  subject: Subject,
  samples: Iterable<Feeds> | OutputErrors,
  budget: number,
  { gain = () => 1, errors: known }: KeepListOptions = {},
): KeepList {
  const { model, target, statistics, session } = subject;
  const asked = subject.options?.bits ?? noBits;
  const outputs = samples instanceof OutputErrors ? samples : new OutputErrors(model, samples, session);
  const settled = settle(model, target, statistics, subject.options);
  const wider = WiderCodes.of(settled, target, asked, model.graph.opset());
  const bitsFor = (wide: Layers): BitsByName => new Map([...asked, ...(wider?.for(wide) ?? noBits)]);
  const withBits = (wide: Layers): Subject => ({
    ...subject,
    options: { ...subject.options, bits: bitsFor(wide) },
  });
  const measure = (floats: Layers, wide: Layers): number =>
    errorsWithout(withBits(wide), outputs, nodesOf(floats)).noiseToSignal;
  const before = measure([], []);
  const listOf = (layers: Layers, wide: Layers, after: number): KeepList => {
    const met = after <= budget;
    return { layers, nodes: nodesOf(layers), wide, bits: bitsFor(wide), before, after, met };
  };
  if (before <= budget) return listOf([], [], before);

  const errors = known ?? layerErrors(subject, outputs);
  const wideErrors = wider ? layerErrors(withBits(errors.map(({ layer }) => layer)), outputs) : [];
  const { costly, gaining } = rankedLayers(errors, wideErrors, gain);
  const none = gaining.length > 0 ? measure([], gaining) : before;
  const floats = leastCount(costly.length, budget, (n) => measure(costly.slice(0, n), gaining), none);
  const layers = costly.slice(0, floats.count);
  const inFloats = new Set(layers);
  const others = gaining.filter((layer) => !inFloats.has(layer));
  if (others.length === 0) return listOf(layers, [], floats.measure);
  const narrow = layers.length === 0 ? before : undefined;
  const wide = leastCount(others.length, budget, (n) => measure(layers, others.slice(0, n)), narrow);
  return listOf(layers, others.slice(0, wide.count), wide.measure);
}

type Layers = readonly QuantizedLayer[];

/**
 * Layers by what they cost for what they gain when they have as many bits as there can be, and those that cost less with
 * more bits by how much less that is.
 */
function rankedLayers(
  errors: readonly LayerError[],
  wideErrors: readonly LayerError[],
  gain: (layer: QuantizedLayer) => number,
): { readonly costly: Layers; readonly gaining: Layers } {
  const left = new Map(wideErrors.map(({ layer, noiseToSignal }) => [layer.name, noiseToSignal]));
  const entries = errors.map(({ layer, noiseToSignal }) => {
    const rest = Math.min(noiseToSignal, left.get(layer.name) ?? noiseToSignal);
    return { layer, cost: rest / gain(layer), saved: (noiseToSignal - rest) / gain(layer) };
  });
  return {
    costly: entries.toSorted((a, b) => downwards(a.cost, b.cost)).map(({ layer }) => layer),
    gaining: entries
      .filter(({ saved }) => saved > 0)
      .toSorted((a, b) => downwards(a.saved, b.saved))
      .map(({ layer }) => layer),
  };
}

/** Largest numbers first, infinities among them. */
function downwards(a: number, b: number): number {
  return a === b ? 0 : b - a;
}

function nodesOf(layers: Layers): ReadonlySet<Node> {
  return new Set(layers.flatMap(({ nodes }) => [...nodes]));
}
