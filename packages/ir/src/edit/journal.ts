import type { Attribute } from '../graph/attribute.ts';
import type { FunctionDef } from '../graph/function.ts';
import type { Graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import type { Dim } from '../types/dim.ts';
import type { Tensor } from '../types/tensor.ts';
import type { ValueType } from '../types/value-type.ts';

/** One change of a model, with what is needed to take it back. */
export type Change =
  | {
      readonly kind: 'operand';
      readonly node: Node;
      readonly index: number;
      readonly before: Value | undefined;
      readonly after: Value | undefined;
    }
  | { readonly kind: 'arity'; readonly node: Node; readonly before: number; readonly after: number }
  | {
      readonly kind: 'output';
      readonly graph: Graph;
      readonly index: number;
      readonly before: Value;
      readonly after: Value;
    }
  | {
      readonly kind: 'outputs';
      readonly graph: Graph;
      readonly before: readonly Value[];
      readonly after: readonly Value[];
    }
  | { readonly kind: 'insert'; readonly node: Node }
  | { readonly kind: 'erase'; readonly node: Node; readonly graph: Graph; readonly next: Node | undefined }
  | {
      readonly kind: 'result';
      readonly node: Node;
      readonly index: number;
      readonly before: Value | undefined;
      readonly after: Value | undefined;
    }
  | {
      readonly kind: 'attribute';
      readonly node: Node;
      readonly name: string;
      readonly before: Attribute | undefined;
      readonly after: Attribute | undefined;
    }
  | { readonly kind: 'rename'; readonly item: Value | Node; readonly before: string; readonly after: string }
  | {
      readonly kind: 'type';
      readonly value: Value;
      readonly before: ValueType | undefined;
      readonly after: ValueType | undefined;
    }
  | {
      readonly kind: 'declared';
      readonly value: Value;
      readonly before: ValueType | undefined;
      readonly after: ValueType | undefined;
    }
  | {
      readonly kind: 'contents';
      readonly value: Value;
      readonly before: readonly Dim[] | undefined;
      readonly after: readonly Dim[] | undefined;
    }
  | {
      readonly kind: 'tensor';
      readonly value: Value;
      readonly before: Tensor | undefined;
      readonly after: Tensor | undefined;
    }
  | { readonly kind: 'add-initializer'; readonly graph: Graph; readonly value: Value }
  | {
      readonly kind: 'remove-initializer';
      readonly graph: Graph;
      readonly value: Value;
      /** The initializer that it stood before. */
      readonly next: Value | undefined;
    }
  | {
      readonly kind: 'inputs';
      readonly graph: Graph;
      readonly before: readonly Value[];
      readonly after: readonly Value[];
    }
  | {
      readonly kind: 'opset';
      readonly owner: Model | FunctionDef;
      readonly domain: string;
      readonly before: number | undefined;
      readonly after: number | undefined;
    }
  | {
      readonly kind: 'ir-version';
      readonly model: Model;
      readonly before: number;
      readonly after: number;
    }
  | {
      readonly kind: 'function';
      readonly model: Model;
      readonly key: string;
      readonly before: FunctionDef | undefined;
      readonly after: FunctionDef | undefined;
    };

const nothing: readonly Change[] = [];

/** The changes since a mark, in order. */
export class Journal {
  private readonly changes: Change[] = [];
  private readonly marks: number[] = [];

  /** Whether changes are being kept; without an open mark nothing is, and nothing costs. */
  get open(): boolean {
    return this.marks.length > 0;
  }

  mark(): void {
    this.marks.push(this.changes.length);
  }

  record(change: Change): void {
    this.changes.push(change);
  }

  /** The changes since the innermost mark. */
  since(): readonly Change[] {
    return this.changes.slice(this.marks.at(-1) ?? 0);
  }

  /** Number of changes since the innermost mark. */
  get length(): number {
    return this.changes.length - (this.marks.at(-1) ?? 0);
  }

  /** Closes the innermost mark and keeps its changes for an outer one. */
  commit(): void {
    this.marks.pop();
    if (this.marks.length === 0) this.changes.length = 0;
  }

  /** Closes the innermost mark and gives its changes back, newest first. */
  take(): readonly Change[] {
    const from = this.marks.pop() ?? 0;
    if (from === this.changes.length) return nothing;
    return this.changes.splice(from).reverse();
  }
}
