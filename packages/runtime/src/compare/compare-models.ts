import { type Model, RefoldError } from '@refold/ir';
import { type Binding, bindingsFor, requiredInputs } from '../inputs/bindings.ts';
import { planInputs, usualStyles } from '../inputs/input-plan.ts';
import { type InputOptions, makeInputs } from '../inputs/make-inputs.ts';
import type { Style } from '../inputs/styles.ts';
import type { Feeds } from '../session/feeds.ts';
import { MainGraph } from '../session/main-graph.ts';
import { createSession, type Session, type SessionOptions } from '../session/session.ts';
import { compareOutputs, type FoundDifference } from './end-to-end.ts';
import { interfaceDifference, overridesOf } from './interface.ts';
import { orError } from './or-error.ts';
import { type Tolerance, toleranceFor } from './tolerance.ts';
import { type Alignment, alignSteps } from './walk/alignment.ts';
import type { Divergence } from './walk/divergence.ts';
import { pairValues, type RenamedValues } from './walk/pairing.ts';
import { type Walked, walk } from './walk/walk.ts';

/** Options of `compareModels`. */
export interface CompareOptions extends InputOptions {
  /** How many sets of inputs are drawn; 5 when absent. */
  readonly sets?: number | undefined;
  /** The styles that the sets go through; those on which sound rewrites agree when absent. */
  readonly styles?: readonly Style[] | undefined;
  /** Inputs to use in place of drawn ones. */
  readonly given?: readonly GivenInputs[] | undefined;
  /** Applies to every value, in place of bounds of rounding errors. */
  readonly tolerance?: Tolerance | undefined;
  /** Values of the first model that have another name in the second, as a history of passes tells. */
  readonly renamed?: RenamedValues | undefined;
  /** How models are run. The `tier` is that on which the second model runs by itself; nodes are always the reference's. */
  readonly session?: Omit<SessionOptions, 'onNode' | 'checkShapes'> | undefined;
}

/** Inputs, and what messages call them. */
export interface GivenInputs {
  readonly label: string;
  readonly feeds: Feeds;
}

/** Inputs that were tried. */
export interface TriedInputs extends GivenInputs {
  /** The seed by which they were drawn; absent for given ones. */
  readonly seed: number | undefined;
}

/** What `compareModels` found. */
export interface Comparison {
  /** `unverified`: the first model runs on no inputs that were tried. */
  readonly verdict: 'equal' | 'different' | 'unverified';
  /** Sets of inputs on which both models are equal. */
  readonly sets: number;
  /** Outputs that differ when both models run by themselves, on the first inputs that show any difference. */
  readonly differences: readonly FoundDifference[];
  /** The first value that differs where the nodes before it had equal operands, on the same inputs. */
  readonly divergence: Divergence | undefined;
  /** The inputs that show the difference. */
  readonly inputs: TriedInputs | undefined;
  /** Pairs of values that were compared; nodes that repeat each other need no comparison. */
  readonly compared: number;
  /** The largest share of its bound that a pair came to. */
  readonly largestShare: number;
  readonly notes: readonly string[];
}

/**
 * Whether two models compute the same, and if not, where they part first. On every set of inputs they run side by
 * side, and values of one name are compared under equal operands, by bounds of rounding errors (`walk`); then
 * the second model runs by itself, and the outputs are compared by the tolerance of their types. Values of
 * one name that mean something else in both are told by the outputs, and noted.
 */
export function compareModels(want: Model, got: Model, options: CompareOptions = {}): Comparison {
  return new Comparer(want, got, options).run();
}

/** Values of one name that may turn out to mean something else. */
const MOST_APART = 16;

/** Sets that may fail for each one that is asked for. */
const PATIENCE = 3;

class Comparer {
  private readonly want: Model;
  private readonly got: Model;
  private readonly options: CompareOptions;
  private readonly runs: SessionOptions;
  private readonly tolerance: Tolerance;
  private readonly notes: string[] = [];
  private readonly apart = new Set<string>();
  private alignment: Alignment | undefined;
  private sets = 0;
  private compared = 0;
  private largestShare = 0;

  constructor(want: Model, got: Model, options: CompareOptions) {
    this.want = want;
    this.got = got;
    this.options = options;
    this.runs = { ...options.session, checkShapes: false };
    this.tolerance = options.tolerance ?? toleranceFor(want);
  }

  run(): Comparison {
    const interfaces = interfaceDifference(this.want, this.got);
    if (interfaces !== undefined) return this.different([{ message: interfaces }], undefined, undefined);
    const { kept, dropped } = overridesOf(this.want, this.got);
    if (dropped.length > 0)
      this.notes.push(`initializers that can no longer be overridden: ${dropped.join(', ')}`);
    const first = orError(() => new MainGraph(this.want, this.runs));
    if (first instanceof RefoldError) return this.unverified(first.message);
    const second = orError(() => new MainGraph(this.got, this.runs));
    const session = orError(() => createSession(this.got, this.runs));
    if (second instanceof RefoldError) return this.secondFails(second);
    if (session instanceof RefoldError) return this.secondFails(session);
    const on = (inputs: TriedInputs): Comparison | boolean => this.compareOn(first, second, session, inputs);
    const found = this.options.given ? this.tryGiven(this.options.given, on) : this.tryDrawn(kept, on);
    if (found) return found;
    if (this.sets === 0) return this.conclusion('unverified');
    this.noteHidden();
    return this.conclusion('equal');
  }

  /** Parameters that differ, but in nothing that was seen: a bound that nothing reaches, a weight of a dead unit. */
  private noteHidden(): void {
    for (const [node, { parameters }] of this.alignment?.same ?? []) {
      for (const { kind, name, negligible } of parameters) {
        if (!negligible)
          this.notes.push(`${kind} ${name} of ${node.label} differs, but shows on no inputs that were tried`);
      }
    }
  }

  private tryGiven(
    given: readonly GivenInputs[],
    on: (inputs: TriedInputs) => Comparison | boolean,
  ): Comparison | undefined {
    for (const inputs of given) {
      const outcome = on({ ...inputs, seed: undefined });
      if (typeof outcome !== 'boolean') return outcome;
    }
    return undefined;
  }

  private tryDrawn(
    overridable: readonly string[],
    on: (inputs: TriedInputs) => Comparison | boolean,
  ): Comparison | undefined {
    const { options } = this;
    // Where nothing is left to draw, one set is as good as many.
    const count = this.drawsNothing() ? 1 : (options.sets ?? 5);
    const styles = options.styles ?? (options.style ? [options.style] : usualStyles);
    const start = this.firstSet(styles, on);
    if (!start) return undefined;
    if (start.outcome) return start.outcome;
    let failures = 0;
    const plan = planInputs(this.want, start.binding, { ...options, styles });
    plan.next();
    while (this.sets < count && failures < PATIENCE * count) {
      const next = plan.next().value;
      const outcome = on(this.draw(next.binding, next.style, next.add));
      if (typeof outcome !== 'boolean') return outcome;
      if (!outcome) failures += 1;
    }
    if (overridable.length === 0) return undefined;
    const outcome = on(this.draw(start.binding, styles[0] ?? 'normal', 0, overridable));
    return typeof outcome === 'boolean' ? undefined : outcome;
  }

  /** Guesses sizes until the first model runs. */
  private firstSet(
    styles: readonly Style[],
    on: (inputs: TriedInputs) => Comparison | boolean,
  ): { readonly binding: Binding; readonly outcome: Comparison | undefined } | undefined {
    for (const style of new Set([styles[0] ?? 'normal', 'zeros' as const])) {
      for (const binding of bindingsFor(this.want, this.options)) {
        const outcome = on(this.draw(binding, style, 0));
        if (outcome === false) continue;
        return { binding, outcome: outcome === true ? undefined : outcome };
      }
    }
    return undefined;
  }

  private drawsNothing(): boolean {
    const { fixed } = this.options;
    return fixed !== undefined && requiredInputs(this.want).every((value) => fixed.has(value.name));
  }

  private draw(binding: Binding, style: Style, add: number, overrides: readonly string[] = []): TriedInputs {
    const seed = (this.options.seed ?? 0) + add;
    const sizes = [...binding].map(([name, size]) => `${name}=${size}, `).join('');
    const marks = `${style === 'normal' ? '' : `, ${style}`}${overrides.length > 0 ? ', overridden defaults' : ''}`;
    const feeds = makeInputs(this.want, binding, { ...this.options, seed, style, overrides });
    if (this.drawsNothing() && overrides.length === 0)
      return { label: 'given inputs', seed: undefined, feeds };
    return { label: `${sizes}seed ${seed}${marks}`, seed, feeds };
  }

  /** False when the first model does not run on the inputs, true when both agree on them. */
  private compareOn(
    first: MainGraph,
    second: MainGraph,
    session: Session,
    inputs: TriedInputs,
  ): Comparison | boolean {
    const { feeds, label } = inputs;
    for (;;) {
      const walked = orError(() => this.walk(first, second, feeds));
      if (walked instanceof RefoldError) {
        this.notes.push(`the first model does not run on ${label}: ${walked.message}`);
        return false;
      }
      const known = walked.identical && session.tier === 'reference';
      const differences = known ? [] : this.runAlone(session, inputs, walked);
      const { divergence } = walked;
      if (!divergence && differences.length === 0) {
        this.sets += 1;
        this.compared += walked.compared;
        this.largestShare = Math.max(this.largestShare, walked.largestShare);
        return true;
      }
      const name = divergence?.value;
      const another = name !== undefined && divergence?.gross && differences.length === 0;
      if (!another || this.apart.size >= MOST_APART || this.apart.has(name)) {
        return this.different(differences, divergence, inputs);
      }
      this.apart.add(name);
      this.alignment = undefined;
      this.notes.push(`${name} is not the same value in both models, but what is made of it is`);
    }
  }

  private walk(first: MainGraph, second: MainGraph, feeds: Feeds): Walked {
    this.alignment ??= alignSteps(
      this.want,
      this.got,
      pairValues(this.want, this.got, this.options.renamed, this.apart),
    );
    return walk(first, second, this.alignment, feeds, { tolerance: this.options.tolerance });
  }

  private runAlone(
    session: Session,
    { label, feeds }: TriedInputs,
    walked: Walked,
  ): readonly FoundDifference[] {
    const outputs = orError(() => session.run(feeds));
    if (outputs instanceof RefoldError) {
      return [{ set: label, message: `the second model does not run: ${outputs.message} (${label})` }];
    }
    const set = { label, feeds, outputs: walked.outputs };
    // Nothing is proven of kernels that the walk did not use.
    const sound = walked.isProven && !this.options.tolerance && session.tier === 'reference';
    const runs: SessionOptions = { ...this.runs, tier: 'reference' };
    return compareOutputs(this.want, set, outputs, this.tolerance, runs, this.notes, sound);
  }

  private secondFails({ message }: RefoldError): Comparison {
    return this.different([{ message: `the second model does not run: ${message}` }], undefined, undefined);
  }

  private different(
    differences: readonly FoundDifference[],
    divergence: Divergence | undefined,
    inputs: TriedInputs | undefined,
  ): Comparison {
    return { ...this.conclusion('different'), differences, divergence, inputs };
  }

  private unverified(reason: string): Comparison {
    this.notes.push(reason);
    return this.conclusion('unverified');
  }

  private conclusion(verdict: Comparison['verdict']): Comparison {
    const { sets, compared, largestShare, notes } = this;
    return {
      verdict,
      sets,
      differences: [],
      divergence: undefined,
      inputs: undefined,
      compared,
      largestShare,
      notes,
    };
  }
}
