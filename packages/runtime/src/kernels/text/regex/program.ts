import type { CharSet } from './char-set.ts';
import { parsePattern } from './parse.ts';
import { type Assertion, type Pattern, PatternError } from './syntax.ts';

/** One step of a program: reads a character, branches, or tests the place. */
export type Step =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'branch'; first: number; second: number }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'match' };

/** A nondeterministic machine. A step that is not a branch is followed by the next one. */
export type Program = readonly Step[];

/** Counted repetitions multiply; beyond this many steps a pattern is refused. */
const MAX_STEPS = 20_000;

/** Translates a pattern in the syntax of RE2. Throws {@link PatternError}. */
export function compilePattern(text: string): Program {
  const steps: Step[] = [];
  emit(steps, parsePattern(text));
  add(steps, { kind: 'match' });
  return steps;
}

function add(steps: Step[], step: Step): number {
  if (steps.length >= MAX_STEPS) throw new PatternError('the pattern is too large');
  return steps.push(step) - 1;
}

function branch(steps: Step[]): { kind: 'branch'; first: number; second: number } {
  const step = { kind: 'branch' as const, first: steps.length + 1, second: steps.length + 1 };
  add(steps, step);
  return step;
}

/** Recursion is bounded by the depth to which groups may be nested. */
function emit(steps: Step[], pattern: Pattern): void {
  switch (pattern.kind) {
    case 'empty':
      return;
    case 'set':
    case 'assert':
      add(steps, pattern);
      return;
    case 'sequence':
      for (const item of pattern.items) emit(steps, item);
      return;
    case 'choice':
      emitChoice(steps, pattern.items);
      return;
    case 'repeat':
      emitRepeat(steps, pattern.item, pattern.least, pattern.most);
      return;
  }
}

function emitChoice(steps: Step[], items: readonly Pattern[]): void {
  const exits: { second: number; first: number }[] = [];
  items.forEach((item, i) => {
    if (i === items.length - 1) {
      emit(steps, item);
      return;
    }
    const fork = branch(steps);
    emit(steps, item);
    exits.push(branch(steps));
    fork.second = steps.length;
  });
  for (const exit of exits) {
    exit.first = steps.length;
    exit.second = steps.length;
  }
}

function emitRepeat(steps: Step[], item: Pattern, least: number, most: number): void {
  for (let i = 0; i < least; i += 1) {
    const before = steps.length;
    emit(steps, item);
    // Nothing many times is nothing: without this, nested counts of it would take forever.
    if (steps.length === before) return;
  }
  if (most === Number.POSITIVE_INFINITY) {
    const fork = branch(steps);
    const start = steps.length - 1;
    emit(steps, item);
    const back = branch(steps);
    back.first = start;
    back.second = start;
    fork.second = steps.length;
    return;
  }
  const forks: { second: number }[] = [];
  for (let i = least; i < most; i += 1) {
    forks.push(branch(steps));
    emit(steps, item);
  }
  for (const fork of forks) fork.second = steps.length;
}
