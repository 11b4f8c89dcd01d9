import type { Dim, Node, Value } from '@refold/ir';
import type { Captured, PatternData } from '../pattern/pattern.ts';

/** A place of the bindings to come back to. */
export interface Mark {
  readonly steps: number;
  readonly nodes: number;
}

/** A part of a pattern, and the value at which it stands. */
export interface Aligned {
  readonly pattern: PatternData;
  readonly value: Value;
}

/** What has been bound: a capture by its name, the most frequent, or something else. */
type Step =
  | string
  | { readonly kind: 'size'; readonly name: string }
  | ({ readonly kind: 'aligned' } & Aligned)
  | { readonly kind: 'shared'; readonly pattern: PatternData; readonly scope: string };

/** What a match has bound so far, with a trail by which a failed attempt is taken back. */
export class Bindings {
  private readonly captures = new Map<string, Captured>();
  // Few patterns have these, so few searches make them.
  private sizes: Map<string, Dim> | undefined;
  private shared: Map<PatternData, Map<string, Value>> | undefined;
  private readonly trail: Step[] = [];
  private readonly matched: Node[] = [];

  mark(): Mark {
    return { steps: this.trail.length, nodes: this.matched.length };
  }

  undo(mark: Mark): void {
    this.matched.length = mark.nodes;
    for (const step of this.trail.splice(mark.steps)) {
      if (typeof step === 'string') this.captures.delete(step);
      else if (step.kind === 'shared') this.shared?.get(step.pattern)?.delete(step.scope);
      else if (step.kind === 'size') this.sizes?.delete(step.name);
    }
  }

  /** What a capture holds; undefined also where it holds undefined, see {@link hasCapture}. */
  capture(name: string): Captured {
    return this.captures.get(name);
  }

  hasCapture(name: string): boolean {
    return this.captures.has(name);
  }

  setCapture(name: string, captured: Captured): void {
    this.captures.set(name, captured);
    this.trail.push(name);
  }

  /** The size that a name stands for. */
  size(name: string): Dim | undefined {
    return this.sizes?.get(name);
  }

  setSize(name: string, size: Dim): void {
    this.sizes ??= new Map();
    this.sizes.set(name, size);
    this.trail.push({ kind: 'size', name });
  }

  /** The value at the first place of a pattern that stands at several, all within one node of a chain. */
  sharedValue(pattern: PatternData, scope: string): Value | undefined {
    return this.shared?.get(pattern)?.get(scope);
  }

  setShared(pattern: PatternData, scope: string, value: Value): void {
    this.shared ??= new Map();
    const known = this.shared.get(pattern);
    if (known) known.set(scope, value);
    else this.shared.set(pattern, new Map([[scope, value]]));
    this.trail.push({ kind: 'shared', pattern, scope });
  }

  /** Notes where a part of the pattern stands, for explanations. */
  align(pattern: PatternData, value: Value): void {
    this.trail.push({ kind: 'aligned', pattern, value });
  }

  /** What {@link align} has noted, in order. */
  aligned(): readonly Aligned[] {
    return this.trail.filter((step) => typeof step === 'object' && step.kind === 'aligned');
  }

  addNode(node: Node): void {
    this.matched.push(node);
  }

  /** The nodes of the match, each once, in the order in which they were met. */
  nodes(): readonly Node[] {
    return this.matched.length === 1 ? [...this.matched] : [...new Set(this.matched)];
  }

  get captured(): ReadonlyMap<string, Captured> {
    return this.captures;
  }

  /** Sizes by the names that the pattern gives them. */
  get named(): ReadonlyMap<string, Dim> {
    return this.sizes ?? noSizes;
  }
}

const noSizes: ReadonlyMap<string, Dim> = new Map();
