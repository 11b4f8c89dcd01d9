import { type Model, RefoldError } from '@refold/ir';
import { type Binding, bindingsFor, otherBindings } from '../inputs/bindings.ts';
import { type InputOptions, makeInputs } from '../inputs/make-inputs.ts';
import type { Style } from '../inputs/styles.ts';
import type { Feeds } from '../session/feeds.ts';
import type { Session } from '../session/session.ts';
import type { NdValue } from '../tensor/nd-array.ts';

/** Inputs on which a model runs, and what it gives for them. */
export interface InputSet {
  /** For messages. */
  readonly label: string;
  readonly feeds: Feeds;
  readonly outputs: ReadonlyMap<string, NdValue>;
}

export interface FoundSets {
  readonly sets: readonly InputSet[];
  /** What was tried in vain. */
  readonly notes: readonly string[];
}

/** Runs a model on inputs that the caller has. */
export function runGivenSets(session: Session, given: readonly Feeds[]): FoundSets {
  const sets: InputSet[] = [];
  const notes: string[] = [];
  given.forEach((feeds, i) => {
    const label = `given inputs ${i}`;
    const outputs = attempt(session, feeds, label, notes);
    if (outputs) sets.push({ label, feeds, outputs });
  });
  return { sets, notes };
}

/**
 * Draws `count` sets of inputs on which a model runs: sizes are guessed until it does, the sets after the
 * first have other numbers, and the last one has other sizes, if the model has open ones and runs with others.
 * With `overrides`, one more set has other values for those initializers.
 */
export function findInputSets(
  model: Model,
  session: Session,
  count: number,
  options: InputOptions,
): FoundSets {
  const notes: string[] = [];
  const seed = options.seed ?? 0;
  const draw: DrawSet = (binding, add, style, overrides = []) => {
    const marks = [
      style === 'normal' ? '' : `, ${style}`,
      overrides.length > 0 ? ', overridden defaults' : '',
    ];
    const label = `${describe(binding)}seed ${seed + add}${marks.join('')}`;
    const feeds = makeInputs(model, binding, { ...options, seed: seed + add, style, overrides });
    const outputs = attempt(session, feeds, label, notes);
    return outputs && { label, feeds, outputs };
  };

  const first = firstSet(model, options, draw);
  if (!first) return { sets: [], notes };
  const { binding, style } = first;
  const sets = [first.set];
  while (sets.length < count) {
    const last = sets.length === count - 1;
    const set =
      (last && setOfOtherSizes(model, binding, options, style, draw)) || draw(binding, sets.length, style);
    if (!set) break;
    sets.push(set);
  }
  if (options.overrides && options.overrides.length > 0) {
    const set = draw(binding, 0, style, options.overrides);
    if (set) sets.push(set);
  }
  return { sets, notes };
}

type DrawSet = (
  binding: Binding,
  add: number,
  style: Style,
  overrides?: readonly string[],
) => InputSet | undefined;

function firstSet(
  model: Model,
  options: InputOptions,
  draw: DrawSet,
): { binding: Binding; style: Style; set: InputSet } | undefined {
  const styles: readonly Style[] = options.style ? [options.style] : ['normal', 'zeros'];
  for (const style of styles) {
    for (const binding of bindingsFor(model, options)) {
      const set = draw(binding, 0, style);
      if (set) return { binding, style, set };
    }
  }
  return undefined;
}

/** Few of the sizes that one can think of are tried: each failure costs a run. */
const MAX_OTHER_SIZES = 4;

function setOfOtherSizes(
  model: Model,
  binding: Binding,
  options: InputOptions,
  style: Style,
  draw: DrawSet,
): InputSet | undefined {
  for (const other of otherBindings(model, binding, options).slice(0, MAX_OTHER_SIZES)) {
    const set = draw(other, 1, style);
    if (set) return set;
  }
  return undefined;
}

function attempt(
  session: Session,
  feeds: Feeds,
  label: string,
  notes: string[],
): ReadonlyMap<string, NdValue> | undefined {
  try {
    return session.run(feeds);
  } catch (error) {
    if (!(error instanceof RefoldError) || error.code === 'usage/aborted') throw error;
    notes.push(`the original does not run on ${label}: ${error.message}`);
    return undefined;
  }
}

function describe(binding: Binding): string {
  return [...binding].map(([name, size]) => `${name}=${size}, `).join('');
}
