import { type Model, RefoldError } from '@refold/ir';
import type { CheckOptions } from '../../compare/equivalence.ts';
import { type Binding, bindingsFor, otherBindings } from '../../inputs/bindings.ts';
import { makeInputs } from '../../inputs/make-inputs.ts';
import type { Feeds } from '../../session/feeds.ts';
import { createSession, type Session } from '../../session/session.ts';

/** Sets of inputs that are drawn when nothing else is asked for. */
const USUAL_SETS = 3;

/**
 * The inputs that two models are compared on: those that are given, else drawn ones on which `model` runs,
 * the last set with other sizes where sizes are open. Undefined when the model runs on none that was tried.
 */
export function inputSets(model: Model, options: CheckOptions): readonly Feeds[] | undefined {
  if (options.given) return options.given;
  const session = createSession(model, { ...options.session, checkShapes: false });
  const draw = (binding: Binding, add: number): Feeds =>
    makeInputs(model, binding, { ...options, seed: (options.seed ?? 0) + add });
  const usual = bindingsFor(model, options).find((binding) => runs(session, draw(binding, 0)));
  if (!usual) return undefined;
  const count = options.sets ?? USUAL_SETS;
  const sets = Array.from({ length: count }, (_, i) => draw(usual, i));
  const other = otherBindings(model, usual, options).find((binding) => runs(session, draw(binding, count)));
  if (other && count > 1) sets[count - 1] = draw(other, count);
  return sets;
}

function runs(session: Session, feeds: Feeds): boolean {
  try {
    session.run(feeds);
    return true;
  } catch (error) {
    if (error instanceof RefoldError) return false;
    throw error;
  }
}
