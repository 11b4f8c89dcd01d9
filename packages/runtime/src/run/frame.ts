import { type CallAttributes, type Graph, InternalError, type Value } from '@refold/ir';
import type { NdValue } from '../tensor/nd-array.ts';
import type { Ledger } from './ledger.ts';

/** The values of one graph while it runs, and the frames of the graphs around it. */
export class Frame {
  readonly graph: Graph;
  /** The frame of the graph around a nested graph, whose values it may read. */
  readonly outer: Frame | undefined;
  /** The frame in which the node stands that runs this graph. */
  readonly caller: Frame | undefined;
  /** Attributes of the call, anywhere inside a function body. */
  readonly attributes: CallAttributes | undefined;
  /** Number of frames below this one. */
  readonly depth: number;
  private readonly ledger: Ledger;
  /** Absent optional inputs of a function are there, as undefined. */
  private readonly values = new Map<Value, NdValue | undefined>();

  constructor(
    graph: Graph,
    ledger: Ledger,
    caller?: Frame,
    outer?: Frame,
    attributes: CallAttributes | undefined = outer?.attributes,
  ) {
    this.graph = graph;
    this.ledger = ledger;
    this.caller = caller;
    this.outer = outer;
    this.attributes = attributes;
    this.depth = caller ? caller.depth + 1 : 0;
  }

  /** The names of the graphs from the outermost one to this one. */
  get path(): string {
    const names: string[] = [];
    for (let frame: Frame | undefined = this; frame; frame = frame.caller) names.push(frame.graph.name);
    return names.reverse().join('/');
  }

  /** The frame of `graph`: this one or the nearest one that waits for it. */
  of(graph: Graph | undefined): Frame | undefined {
    for (let frame: Frame | undefined = this; frame; frame = frame.caller) {
      if (frame.graph === graph) return frame;
    }
    return undefined;
  }

  bind(value: Value, content: NdValue | undefined): void {
    if (this.values.has(value)) throw new InternalError(`${value.name} is computed twice`);
    if (content) this.ledger.hold(content);
    this.values.set(value, content);
  }

  has(value: Value): boolean {
    return this.values.has(value);
  }

  get(value: Value): NdValue | undefined {
    return this.values.get(value);
  }

  release(value: Value): void {
    const content = this.values.get(value);
    if (content) this.ledger.drop(content);
    this.values.delete(value);
  }

  releaseAll(): void {
    for (const content of this.values.values()) if (content) this.ledger.drop(content);
    this.values.clear();
  }
}
