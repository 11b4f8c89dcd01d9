import { InternalError, type Node, type Value } from '@refold/ir';
import type { Feeds } from '../../session/feeds.ts';
import type { MainGraph, MainGraphRun, StepResult } from '../../session/main-graph.ts';
import type { NdValue } from '../../tensor/nd-array.ts';
import type { Errors } from '../bounds/errors.ts';
import { nodeErrors } from '../bounds/node-errors.ts';
import type { Alignment } from './alignment.ts';
import type { OwnConstants } from './own-constants.ts';
import type { Pairing } from './pairing.ts';

/** A value of the first model, and how far it may lie from exact arithmetic on the paired values before it. */
export interface Wanted {
  readonly content: NdValue;
  /** Computed when they are asked for: equal values need none. */
  readonly errors: () => Errors;
}

/**
 * The run of the first model, which goes on only as far as the second one needs it. Paired values wait until
 * they are taken.
 */
export class WantedRun {
  private readonly main: MainGraph;
  private readonly run: MainGraphRun;
  private readonly pairing: Pairing;
  /** Nodes that the second model repeats: nobody asks for errors of their results. */
  private readonly repeated: ReadonlySet<Node>;
  private readonly own: OwnConstants;
  private readonly waiting = new Map<Value, Wanted>();
  private readonly errors = new Map<Value, Errors>();
  private next = 0;
  private wanted = true;

  constructor(main: MainGraph, { pairing, repeated, ownOfWant }: Alignment, feeds: Feeds) {
    this.own = ownOfWant;
    this.main = main;
    this.pairing = pairing;
    this.repeated = repeated;
    this.run = main.start(feeds);
  }

  /** A paired value; each can be taken once. */
  take(value: Value): Wanted {
    if (!value.producer) return { content: this.run.read(value), errors: () => 'none' };
    for (;;) {
      const wanted = this.waiting.get(value);
      if (wanted) {
        this.waiting.delete(value);
        return wanted;
      }
      if (!this.step()) throw new InternalError(`${value.name} is not computed`, { value: value.name });
    }
  }

  /** Runs what is left, and gives the outputs of the graph. */
  finish(): ReadonlyMap<string, NdValue> {
    this.wanted = false;
    while (this.step()) this.waiting.clear();
    return this.run.outputs();
  }

  private step(): boolean {
    const step = this.main.steps[this.next];
    if (!step) return false;
    this.next += 1;
    const result = this.run.evaluate(step);
    const errors = this.errorsBy(result, step.node);
    step.results.forEach((value, i) => {
      const content = result.outputs[i];
      if (!value || !content) return;
      this.run.bind(value, content);
      if (this.pairing.gotOf.has(value)) this.waiting.set(value, { content, errors: () => errors(i) });
      else if (this.wanted) this.errors.set(value, errors(i));
    });
    this.run.release(step);
    for (const value of step.releases) this.errors.delete(value);
    return true;
  }

  /** The errors of each result of a node. Those of its operands are taken down at once, before they are let go of. */
  private errorsBy(result: StepResult, node: Node): (index: number) => Errors {
    if (this.repeated.has(node)) return () => 'none';
    const operands = node.inputs.map((value) => this.errorsOf(value));
    let known: readonly Errors[] | undefined;
    return (index) => {
      known ??= nodeErrors({ ...result, rounded: this.own.among(node) }, operands);
      return known[index] ?? 'none';
    };
  }

  /** Paired values are what errors are counted from. */
  private errorsOf(value: Value | undefined): Errors {
    return (value && this.errors.get(value)) ?? 'none';
  }
}
