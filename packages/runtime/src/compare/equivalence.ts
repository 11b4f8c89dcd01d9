import { type Model, RefoldError } from '@refold/ir';
import type { InputOptions } from '../inputs/make-inputs.ts';
import type { Feeds } from '../session/feeds.ts';
import { createSession, type SessionOptions } from '../session/session.ts';
import { compareOutputs, type FoundDifference } from './end-to-end.ts';
import { type FoundSets, findInputSets, runGivenSets } from './input-sets.ts';
import { interfaceDifference, overridesOf } from './interface.ts';
import { orError } from './or-error.ts';
import { type Tolerance, toleranceFor } from './tolerance.ts';

/** Options of `checkEquivalent`. */
export interface CheckOptions extends InputOptions {
  /** How many input sets are drawn; 3 when absent. */
  readonly sets?: number | undefined;
  /** Input sets to use in place of drawn ones. */
  readonly given?: readonly Feeds[] | undefined;
  /** By the coarsest float type of the original when absent. */
  readonly tolerance?: Tolerance | undefined;
  /** How both models are run. */
  readonly session?: Omit<SessionOptions, 'onNode' | 'checkShapes'> | undefined;
}

/** What `checkEquivalent` found. */
export interface Equivalence {
  /** `unverified`: the original runs on no inputs that were tried, so there is nothing to compare with. */
  readonly verdict: 'equal' | 'different' | 'unverified';
  /** Input sets on which both models ran. */
  readonly sets: number;
  /** Of the first set that shows any; one for each output. */
  readonly differences: readonly FoundDifference[];
  readonly notes: readonly string[];
}

/**
 * Whether `result` computes what `original` does: the same interface, and on seeded inputs the same outputs
 * within a tolerance. Where outputs differ by more, the original is run again with its numbers moved by one
 * rounding step; if that moves the output as much (a tie, a quantizer's step), the tolerance is widened and
 * a note says so.
 */
export function checkEquivalent(original: Model, result: Model, options: CheckOptions = {}): Equivalence {
  const notes: string[] = [];
  const different = (sets: number, differences: readonly FoundDifference[]): Equivalence => {
    return { verdict: 'different', sets, differences, notes };
  };
  const interfaces = interfaceDifference(original, result);
  if (interfaces !== undefined) return different(0, [{ message: interfaces }]);
  const { kept, dropped } = overridesOf(original, result);
  if (dropped.length > 0) notes.push(`initializers that can no longer be overridden: ${dropped.join(', ')}`);

  const runs: SessionOptions = { ...options.session, checkShapes: false };
  const found = setsOf(original, runs, kept, options);
  notes.push(...found.notes);
  if (found.sets.length === 0) return { verdict: 'unverified', sets: 0, differences: [], notes };
  const after = orError(() => createSession(result, runs));
  if (after instanceof RefoldError)
    return different(0, [{ message: `the result does not run: ${after.message}` }]);

  const tolerance = options.tolerance ?? toleranceFor(original);
  for (const [i, set] of found.sets.entries()) {
    const outputs = orError(() => after.run(set.feeds));
    if (outputs instanceof RefoldError) {
      return different(i, [{ set: set.label, message: `the result does not run: ${outputs.message}` }]);
    }
    const differences = compareOutputs(original, set, outputs, tolerance, runs, notes);
    if (differences.length > 0) return different(i + 1, differences);
  }
  return { verdict: 'equal', sets: found.sets.length, differences: [], notes };
}

/** Sets of inputs with what the original gives for them. Its session ends here: two of them take twice the memory. */
function setsOf(
  original: Model,
  runs: SessionOptions,
  overrides: readonly string[],
  options: CheckOptions,
): FoundSets {
  const session = orError(() => createSession(original, runs));
  if (session instanceof RefoldError) return { sets: [], notes: [session.message] };
  if (options.given) return runGivenSets(session, options.given);
  return findInputSets(original, session, options.sets ?? 3, { overrides, ...options });
}
