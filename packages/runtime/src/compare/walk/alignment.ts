import type { Model, Node } from '@refold/ir';
import { OwnConstants } from './own-constants.ts';
import type { Pairing } from './pairing.ts';
import { type SameStep, sameStep } from './same-steps.ts';

/** How two models lie beside each other: what no inputs change. */
export interface Alignment {
  readonly pairing: Pairing;
  /** For nodes of the second model the node of the first that they repeat, but perhaps for parameters. */
  readonly same: ReadonlyMap<Node, SameStep>;
  /** Nodes of the first model that the second repeats, parameters and all. */
  readonly repeated: ReadonlySet<Node>;
  /** Constants that only one of the models has. */
  readonly ownOfWant: OwnConstants;
  readonly ownOfGot: OwnConstants;
}

/** Finds the nodes of the main graph of `got` that repeat others. Compares the constants that they read. */
export function alignSteps(want: Model, got: Model, pairing: Pairing): Alignment {
  const same = new Map<Node, SameStep>();
  const repeated = new Set<Node>();
  for (const node of got.graph.nodes()) {
    const step = sameStep(node, pairing);
    if (!step) continue;
    same.set(node, step);
    if (step.parameters.length === 0) repeated.add(step.want);
  }
  return {
    pairing,
    same,
    repeated,
    ownOfWant: new OwnConstants(got.graph),
    ownOfGot: new OwnConstants(want.graph),
  };
}
