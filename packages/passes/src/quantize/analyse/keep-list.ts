import type { Node } from '@refold/ir';
import type { Feeds } from '@refold/runtime';
import { errorsWithout, type Subject } from './count-errors.ts';
import { type LayerError, layerErrors } from './layer-errors.ts';
import type { QuantizedLayer } from './layers.ts';
import { OutputErrors } from './output-errors.ts';

export interface KeepListOptions {
  /** What a layer gains by running on codes, such as milliseconds; all the same when absent. */
  readonly gain?: (layer: QuantizedLayer) => number;
  /** The errors of layers, where they are known already. */
  readonly errors?: readonly LayerError[];
}

/** Layers to leave in floats. */
export interface KeepList {
  readonly layers: readonly QuantizedLayer[];
  /** Their nodes, for the option `keep`. */
  readonly nodes: ReadonlySet<Node>;
  /** Noise over signal of the worst output with all quantized, and with these kept. */
  readonly before: number;
  readonly after: number;
  /** Whether `after` is within the budget; not even floats everywhere may be, where other passes round. */
  readonly met: boolean;
}

/**
 * The layers to leave in floats so that noise over signal of every output is within a budget: those that cost most for
 * what they gain come first, and the search by halves takes no more of them than it must. The model is as before
 * afterwards.
 */
export function keepListFor(
  subject: Subject,
  samples: Iterable<Feeds> | OutputErrors,
  budget: number,
  options: KeepListOptions = {},
): KeepList {
  const outputs =
    samples instanceof OutputErrors ? samples : new OutputErrors(subject.model, samples, subject.session);
  const gainOf = options.gain ?? (() => 1);
  const ranked = (options.errors ?? layerErrors(subject, outputs)).toSorted(
    (a, b) => b.noiseToSignal / gainOf(b.layer) - a.noiseToSignal / gainOf(a.layer),
  );
  const nodesOf = (count: number): ReadonlySet<Node> =>
    new Set(ranked.slice(0, count).flatMap(({ layer }) => [...layer.nodes]));
  const measure = (count: number): number => errorsWithout(subject, outputs, nodesOf(count)).noiseToSignal;

  const before = measure(0);
  let few = 0;
  let many = ranked.length;
  let after = before <= budget ? before : measure(many);
  if (before <= budget) many = 0;
  // `few` is not enough; `many` is, or it is all there are.
  while (many - few > 1 && after <= budget) {
    const middle = Math.floor((few + many) / 2);
    const error = measure(middle);
    if (error <= budget) {
      many = middle;
      after = error;
    } else few = middle;
  }
  const layers = ranked.slice(0, many).map(({ layer }) => layer);
  return { layers, nodes: nodesOf(many), before, after, met: after <= budget };
}
