import { InternalError, type Node, type Value } from '@refold/ir';
import type { Feeds } from '../../session/feeds.ts';
import type { MainGraph, MainGraphRun } from '../../session/main-graph.ts';
import type { NdValue } from '../../tensor/nd-array.ts';
import type { Errors } from '../bounds/errors.ts';
import { nodeErrors } from '../bounds/node-errors.ts';
import type { Alignment } from './alignment.ts';
import type { Pairing } from './pairing.ts';

/** A value of the first model, and how far it may lie from exact arithmetic on the paired values before it. */
export interface Wanted {
  readonly content: NdValue;
  readonly errors: Errors;
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
  private readonly waiting = new Map<Value, Wanted>();
  private readonly errors = new Map<Value, Errors>();
  private next = 0;
  private wanted = true;

  constructor(main: MainGraph, { pairing, repeated }: Alignment, feeds: Feeds) {
    this.main = main;
    this.pairing = pairing;
    this.repeated = repeated;
    this.run = main.start(feeds);
  }

  /** A paired value; each can be taken once. */
  take(value: Value): Wanted {
    if (!value.producer) return { content: this.run.read(value), errors: 'none' };
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
    const errors =
      !this.wanted || this.repeated.has(step.node)
        ? []
        : nodeErrors(
            result,
            step.node.inputs.map((v) => this.errorsOf(v)),
          );
    step.results.forEach((value, i) => {
      const content = result.outputs[i];
      if (!value || !content) return;
      this.run.bind(value, content);
      if (this.pairing.gotOf.has(value)) this.waiting.set(value, { content, errors: errors[i] ?? 'none' });
      else this.errors.set(value, errors[i] ?? 'none');
    });
    this.run.release(step);
    for (const value of step.releases) this.errors.delete(value);
    return true;
  }

  /** Paired values are what errors are counted from. */
  private errorsOf(value: Value | undefined): Errors {
    return (value && this.errors.get(value)) ?? 'none';
  }
}
