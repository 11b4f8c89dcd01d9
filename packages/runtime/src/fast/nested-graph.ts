import type { Graph, Value } from '@refold/ir';
import { capturesOf } from '../plan/captures.ts';
import type { Frame } from '../run/frame.ts';
import { homeOf, type Interpreter, type Values } from '../run/interpreter.ts';
import { typeOfValue } from '../run/value-type.ts';
import type { NdValue } from '../tensor/nd-array.ts';
import { FastGraph, type FastShared, signature } from './fast-graph.ts';

/** How many sizes are remembered that came once. */
const MAX_SEEN = 64;

/**
 * A graph that is nested in another or called. It is planned when sizes come again, as they do in a loop: many bodies
 * run once, and planning takes longer than that.
 */
export class NestedGraph {
  private readonly graph: Graph;
  private readonly shared: FastShared;
  private readonly fast: FastGraph;
  private readonly seen = new Map<string, 'once' | 'again' | 'reference'>();
  private outer: readonly Value[] | undefined;
  private running = false;
  /** Plans that were made, and how often there was none to make. */
  private readonly count = { plans: 0, failures: 0 };

  constructor(graph: Graph, shared: FastShared) {
    this.graph = graph;
    this.shared = shared;
    this.fast = new FastGraph(graph, shared, true);
  }

  /** Runs on the inputs that are bound in the frame; undefined where the reference tier has to, on the same ones. */
  run(frame: Frame, interpreter: Interpreter): Values | undefined {
    // What attributes of a call decide is not part of a plan. And a plan has one arena.
    if (this.running || this.isHopeless || (frame.attributes?.size ?? 0) > 0) return undefined;
    const bound = this.boundIn(frame);
    if (!bound) return undefined;
    const key = signature(new Map([...bound].map(([value, content]) => [value, typeOfValue(content)])));
    const seen = this.seen.get(key);
    this.remember(key, seen);
    if (seen === undefined || seen === 'reference') return undefined;
    for (const [value, content] of bound) if (!frame.has(value)) frame.bind(value, content);
    this.running = true;
    try {
      const results = this.fast.run(frame, [...bound.keys()], interpreter, {});
      if (results) {
        this.count.plans += 1;
        return results;
      }
    } finally {
      this.running = false;
    }
    this.seen.set(key, 'reference');
    this.count.failures += 1;
    frame.releaseAll();
    for (const value of this.graph.inputs) {
      const content = bound.get(value);
      if (content) frame.bind(value, content);
    }
    return undefined;
  }

  /** Whether no sizes of several were worth a plan, so that nobody looks at others. */
  private get isHopeless(): boolean {
    return this.count.plans === 0 && this.count.failures >= 4;
  }

  /** What the graph reads besides constants; undefined if some of it is absent. */
  private boundIn(frame: Frame): ReadonlyMap<Value, NdValue> | undefined {
    const bound = new Map<Value, NdValue>();
    for (const input of this.graph.inputs) {
      const content = frame.get(input);
      if (content) bound.set(input, content);
      else if (frame.has(input) || !input.tensor) return undefined;
    }
    this.outer ??= [...capturesOf([this.graph])];
    for (const value of this.outer) {
      const content = homeOf(value, frame)?.get(value);
      if (content) bound.set(value, content);
      else if (!this.shared.program.constants.of(value)) return undefined;
    }
    return bound;
  }

  private remember(key: string, seen: 'once' | 'again' | 'reference' | undefined): void {
    const [oldest] = this.seen.keys();
    if (!seen && this.seen.size >= MAX_SEEN && oldest !== undefined) this.seen.delete(oldest);
    if (!seen) this.seen.set(key, 'once');
    else if (seen === 'once') this.seen.set(key, 'again');
  }
}
