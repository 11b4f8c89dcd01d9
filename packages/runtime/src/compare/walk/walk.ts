import { constantTensor, isDeterministic, type Node, RefoldError, type Value } from '@refold/ir';
import type { Step } from '../../plan/plan.ts';
import type { Feeds } from '../../session/feeds.ts';
import type { MainGraph, MainGraphRun, StepResult } from '../../session/main-graph.ts';
import type { NdValue } from '../../tensor/nd-array.ts';
import type { Errors } from '../bounds/errors.ts';
import { nodeErrors } from '../bounds/node-errors.ts';
import type { Tolerance } from '../tolerance.ts';
import type { Alignment } from './alignment.ts';
import { type Divergence, divergenceOf, failureOf } from './divergence.ts';
import { EXACT, judge } from './judge.ts';
import type { OwnConstants } from './own-constants.ts';
import type { Pairing } from './pairing.ts';
import { parameterErrors, type SameStep } from './same-steps.ts';
import { WantedRun } from './wanted-run.ts';

export interface WalkOptions {
  /** In place of bounds of rounding errors. */
  readonly tolerance?: Tolerance | undefined;
}

export interface Walked {
  /** The first pair, in the order of the second model, that is over its bound. */
  readonly divergence: Divergence | undefined;
  /** What the first model gives; its run is finished whatever was found. */
  readonly outputs: ReadonlyMap<string, NdValue>;
  /** Whether all pairs were equal, so that the second model by itself gives the same, too. */
  readonly identical: boolean;
  /** Whether no pair is over its bound, and all bounds are known. */
  readonly isProven: boolean;
  /** Pairs that were compared. Where a node repeats one of the first model, there is nothing to compare. */
  readonly compared: number;
  /** The largest share of its bound that any pair came to; 0 when all were equal. */
  readonly largestShare: number;
}

/**
 * Runs two models side by side. Where a value of the second is paired with one of the first, it is compared with
 * it and then replaced by it, so that every difference is the work of the nodes since the last pairs. Nodes
 * that repeat a node of the first model are not run: kernels are functions.
 *
 * Only paired values wait for their partners, and each until it is compared; everything else lives as long
 * as in any run. Throws what the first model throws; that the second fails is a divergence.
 */
export function walk(
  want: MainGraph,
  got: MainGraph,
  alignment: Alignment,
  feeds: Feeds,
  options: WalkOptions = {},
): Walked {
  return new Walker(want, got, alignment, feeds, options).run();
}

class Walker {
  private readonly got: MainGraph;
  private readonly pairing: Pairing;
  private readonly tolerance: Tolerance | undefined;
  private readonly same: Alignment['same'];
  private readonly first: WantedRun;
  private readonly second: MainGraphRun;
  /** Errors of the values of the second model that are not paired. */
  private readonly errors = new Map<Value, Errors>();
  private readonly own: OwnConstants;
  /** Constants of the second model that the first one computes, once they were compared. */
  private readonly folded = new Set<Value>();
  private divergence: Divergence | undefined;
  private identical = true;
  private isProven = true;
  private compared = 0;
  private largestShare = 0;

  constructor(
    want: MainGraph,
    got: MainGraph,
    alignment: Alignment,
    feeds: Feeds,
    { tolerance }: WalkOptions,
  ) {
    this.got = got;
    this.pairing = alignment.pairing;
    this.tolerance = tolerance;
    this.same = alignment.same;
    this.own = alignment.ownOfGot;
    this.first = new WantedRun(want, alignment, feeds);
    this.second = got.start(feeds);
  }

  run(): Walked {
    for (const step of this.got.steps) {
      this.compareFolded(step.node);
      if (this.divergence) break;
      const same = this.same.get(step.node);
      if (this.isRepetition(step, same)) this.repeat(step);
      else this.evaluate(step, same);
      if (this.divergence) break;
      this.second.release(step);
      for (const value of step.releases) this.errors.delete(value);
    }
    const { divergence, identical, isProven, compared, largestShare } = this;
    return {
      divergence,
      outputs: this.first.finish(),
      identical: identical && !divergence,
      isProven: isProven && !divergence,
      compared,
      largestShare,
    };
  }

  /** Random nodes cannot be compared; both models shall draw the same. */
  private isRepetition(step: Step, same: SameStep | undefined): boolean {
    if (same?.parameters.length === 0) return true;
    return !isDeterministic(step.node) && step.results.every((v) => !v || this.pairing.wantOf.has(v));
  }

  private repeat(step: Step): void {
    for (const value of step.results) {
      const want = value && this.pairing.wantOf.get(value);
      if (value && want) this.second.bind(value, this.first.take(want).content);
    }
  }

  private evaluate(step: Step, same: SameStep | undefined): void {
    const result = this.attempt(step);
    if (!result) return;
    let known: readonly Errors[] | undefined;
    const errors = (index: number): Errors => {
      const rounded = same ? undefined : this.own.among(step.node);
      known ??= nodeErrors({ ...result, rounded }, this.operandErrors(step.node, same));
      return known[index] ?? 'none';
    };
    for (const [i, value] of step.results.entries()) {
      const content = result.outputs[i];
      if (!value || !content) continue;
      const want = this.pairing.wantOf.get(value);
      if (want) {
        this.second.bind(
          value,
          this.compare(want, value, content, constantTensor(value) ? undefined : () => errors(i), same) ??
            content,
        );
      } else {
        this.second.bind(value, content);
        this.errors.set(value, errors(i));
      }
    }
  }

  private attempt(step: Step): StepResult | undefined {
    try {
      return this.second.evaluate(step);
    } catch (error) {
      if (!(error instanceof RefoldError) || error.code === 'usage/aborted') throw error;
      const [value] = step.node.outputs;
      const want = value && this.pairing.wantOf.get(value);
      this.divergence = failureOf(step.node, want, error.message);
      return undefined;
    }
  }

  /**
   * Compares a value with its partner, and gives the partner if it can stand in its place. Without `errors`, those
   * of a constant that was computed as its partner is now.
   */
  private compare(
    want: Value,
    value: Value,
    content: NdValue,
    errors: (() => Errors) | undefined,
    same: SameStep | undefined,
  ): NdValue | undefined {
    const taken = this.first.take(want);
    const parameter = same?.parameters.find((p) => !p.negligible);
    const tolerance = this.tolerance ?? (parameter && EXACT);
    const verdict = judge(taken, content, errors ?? taken.errors, tolerance);
    this.compared += 1;
    if (verdict.kind !== 'equal') this.identical = false;
    if (verdict.kind === 'within') {
      this.largestShare = Math.max(this.largestShare, verdict.share);
      this.isProven &&= verdict.isProven;
    }
    if (verdict.kind === 'over') {
      this.divergence ??= divergenceOf(want, value, verdict, parameter ?? same?.parameters[0]);
    }
    return verdict.kind === 'over' && verdict.difference.kind !== 'value' ? undefined : taken.content;
  }

  /** Constants that the first model computes are compared before the first node reads them, and then replaced. */
  private compareFolded(node: Node): void {
    for (const value of node.inputs) {
      const want = value && !value.producer ? this.pairing.wantOf.get(value) : undefined;
      if (!value || !want?.producer || this.folded.has(value)) continue;
      this.folded.add(value);
      const partner = this.compare(want, value, this.second.read(value), undefined, undefined);
      if (partner) this.second.bind(value, partner);
    }
  }

  private operandErrors(node: Node, same: SameStep | undefined): readonly Errors[] {
    return node.inputs.map((value, i) => {
      const parameter = same?.parameters.find((p) => p.operand === i);
      if (parameter && value) return parameterErrors(parameter, constantTensor(value));
      return (value && this.errors.get(value)) ?? 'none';
    });
  }
}
