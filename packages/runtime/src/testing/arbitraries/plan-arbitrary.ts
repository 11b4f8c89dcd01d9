import fc from 'fast-check';
import type { Plan, Step } from '../build/plan.ts';

/**
 * Plans as another arbitrary draws them, with shrinking that knows what a plan is: steps are dropped, many at a
 * time at first; steps of nested graphs take the place of the step that holds them; then decisions become fewer
 * and smaller. No step depends on another one, so whatever is left makes a valid model.
 */
export class PlanArbitrary extends fc.Arbitrary<Plan> {
  private readonly drawn: fc.Arbitrary<Plan>;

  constructor(drawn: fc.Arbitrary<Plan>) {
    super();
    this.drawn = drawn;
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<Plan> {
    return new fc.Value(this.drawn.generate(random, bias).value_, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Plan {
    return typeof value === 'object' && value !== null && 'steps' in value;
  }

  override shrink(plan: Plan): fc.Stream<fc.Value<Plan>> {
    return fc.stream(smaller(plan)).map((p) => new fc.Value(p, undefined));
  }
}

function* smaller(plan: Plan): Generator<Plan> {
  for (const steps of smallerLists(plan.steps)) if (steps.length > 0) yield { ...plan, steps };
  if (plan.shown.length > 0) yield { ...plan, shown: [] };
}

function* smallerLists(steps: readonly Step[]): Generator<readonly Step[]> {
  for (let size = steps.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < steps.length; at += size) yield steps.toSpliced(at, size);
  }
  for (const [at, step] of steps.entries()) {
    if (step.inner.some((list) => list.length > 0)) yield steps.toSpliced(at, 1, ...step.inner.flat());
  }
  for (const [at, step] of steps.entries()) {
    for (const simpler of smallerSteps(step)) yield steps.with(at, simpler);
  }
}

function* smallerSteps(step: Step): Generator<Step> {
  for (const choices of smallerChoices(step.choices)) yield { ...step, choices };
  for (const [at, list] of step.inner.entries()) {
    for (const shorter of smallerLists(list)) yield { ...step, inner: step.inner.with(at, shorter) };
  }
}

/** Trailing zeros say nothing, since decisions are 0 when they have run out. */
function* smallerChoices(choices: readonly number[]): Generator<readonly number[]> {
  for (let length = 0; length < choices.length; length += Math.ceil((choices.length - length) / 2)) {
    yield choices.slice(0, length);
  }
  for (const [at, n] of choices.entries()) {
    if (n === 0) continue;
    yield choices.with(at, 0);
    if (n > 1) yield choices.with(at, Math.floor(n / 2));
    yield choices.with(at, n - 1);
  }
}
