import type { Attribute } from '../graph/attribute.ts';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import type { SparseTensor, Tensor } from '../types/tensor.ts';
import type { ValueType } from '../types/value-type.ts';

/** What `createNode` needs to know. */
export interface NodeSpec {
  readonly opType: string;
  /** Standard domain when absent. */
  readonly domain?: string | undefined;
  readonly overload?: string | undefined;
  /** Empty when absent: names of nodes are optional in ONNX. */
  readonly name?: string | undefined;
  readonly inputs: readonly (Value | undefined)[];
  /** Name of each output; undefined for an optional output that is not wanted, `''` for a fresh name. */
  readonly outputs: readonly (string | undefined)[];
  readonly attributes?: Iterable<Attribute> | undefined;
  readonly types?: readonly (ValueType | undefined)[] | undefined;
  readonly origin?: object | undefined;
  /** Types that the file states, parallel to `outputs`. */
  readonly declared?: readonly (ValueType | undefined)[] | undefined;
  /** Parallel to `outputs`. */
  readonly outputOrigins?: readonly (object | undefined)[] | undefined;
}

/** Where a node goes: before or after another one, or at the end of a graph. */
export type Place = { readonly before: Node } | { readonly after: Node } | { readonly end: Graph };

/** What `addInput` and `addInitializer` need to know. */
export interface ValueSpec {
  readonly name: string;
  readonly type?: ValueType | undefined;
  readonly tensor?: Tensor | undefined;
  readonly sparse?: SparseTensor | undefined;
  readonly overridable?: boolean | undefined;
  readonly declared?: ValueType | undefined;
  readonly origin?: object | undefined;
}
