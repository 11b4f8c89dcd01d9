import { Profile } from '../../src/profile/profile.ts';
import { createSession } from '../../src/session/session.ts';
import { type GraphText, modelOf } from './both-tiers.ts';

/** The kernels that the fast tier takes for a graph. */
export function kernelsOf(text: GraphText): readonly string[] {
  const profile = new Profile();
  createSession(modelOf(text), { tier: 'fast' }).run(text.inputs, { profile });
  return profile.nodes.map((node) => node.kernel);
}
