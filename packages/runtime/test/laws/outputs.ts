import { compareOutputs } from '../../src/compare/end-to-end.ts';
import { toleranceFor } from '../../src/compare/tolerance.ts';
import { Profile } from '../../src/profile/profile.ts';
import { type Rebuild, runWhole } from './law.ts';
import { reference, type Tier } from './tiers.ts';

// Asking for all values keeps a tier from computing several nodes as one. So it is also held to the outputs alone.

/**
 * How the outputs of a graph on a tier differ from those of the plain kernels when nothing else is asked for, each
 * in a line. Floats may differ by the tolerance of their type, or by what one rounding step of the inputs does to
 * them; everything else must be equal.
 */
export function differingOutputs(rebuild: Rebuild, tier: Tier): readonly string[] {
  const { model, feeds } = rebuild();
  const set = { label: 'random inputs', feeds, outputs: reference.run(model, feeds) };
  const outputs = tier.run(model, feeds);
  return compareOutputs(model, set, outputs, toleranceFor(model), {}, []).map(({ message }) => message);
}

/** How many nodes a tier computes along with others when it has to show the outputs only. */
export function fusedNodes(rebuild: Rebuild, tier: Tier): number {
  const [alone, together] = [new Profile(), new Profile()];
  runWhole(tier, rebuild, { profile: alone });
  const { model, feeds } = rebuild();
  tier.run(model, feeds, { profile: together });
  return ran(alone) - ran(together);
}

/** Nodes that had a kernel to themselves. */
const ran = ({ nodes }: Profile): number => new Set(nodes.map(({ name }) => name)).size;
