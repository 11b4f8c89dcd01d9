/**
 * A model as plain data, which JSON can hold: nodes and values by their numbers, which stay the same while a
 * model is edited; graphs and functions by numbers of their own. Weights are described, not contained.
 */
export interface ModelDocument {
  readonly irVersion: number;
  /** Domain and version of each opset, in the model's order. */
  readonly opsets: readonly (readonly [string, number])[];
  /** The main graph is the first. Null for one that is gone. */
  readonly graphs: readonly (GraphDocument | null)[];
  readonly functions: readonly FunctionDocument[];
  /** By number of the node; null where there is none (any more). */
  readonly nodes: readonly (NodeDocument | null)[];
  /** By number of the value; null where there is none (any more). */
  readonly values: readonly (ValueDocument | null)[];
}

/** Numbers of values and nodes. The nodes are a list that {@link nodesOf} walks, so that an insertion changes little. */
export interface GraphDocument {
  readonly name: string;
  readonly inputs: readonly number[];
  readonly initializers: readonly number[];
  readonly outputs: readonly number[];
  readonly firstNode: number | null;
}

/** A function of a model. */
export interface FunctionDocument {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
  readonly opsets: readonly (readonly [string, number])[];
  /** Names of attributes without a default. */
  readonly attributes: readonly string[];
  readonly defaults: readonly AttributeDocument[];
  /** Number of the graph. */
  readonly body: number;
}

/** A node. */
export interface NodeDocument {
  readonly name: string;
  readonly domain: string;
  readonly opType: string;
  readonly overload: string;
  /** Numbers of values; null for absent ones. */
  readonly inputs: readonly (number | null)[];
  readonly outputs: readonly (number | null)[];
  readonly attributes: readonly AttributeDocument[];
  /** The node behind it in its graph. */
  readonly next: number | null;
}

/** A value. */
export interface ValueDocument {
  readonly name: string;
  /** In ONNX's textual syntax. */
  readonly type: string | null;
  /** The type that the file states. */
  readonly declared: string | null;
  /** Symbolic elements of a value that holds sizes. */
  readonly contents: readonly string[] | null;
  /** Data of an initializer, or the default of an input. */
  readonly data: WeightDocument | SparseDocument | null;
  readonly overridable: boolean;
}

/** A tensor by reference. */
export interface WeightDocument {
  readonly dtype: string;
  readonly dims: readonly number[];
  readonly byteLength: number;
  /** The same number for the same tensor throughout a document or a history. */
  readonly weight: number;
}

/** A sparse tensor. */
export interface SparseDocument {
  readonly dims: readonly number[];
  readonly values: WeightDocument;
  readonly indices: WeightDocument;
}

/** What JSON cannot say is a string: `inf`, `-inf`, `nan`, `-0.0`, integers that a double cannot hold. */
export type ScalarDocument = number | string;

/** An attribute. */
export interface AttributeDocument {
  readonly name: string;
  /** As `Attribute.type`. */
  readonly type: string;
  /** Numbers of graphs for nested ones; types in textual syntax; the name of the other attribute for a reference. */
  readonly value:
    | ScalarDocument
    | readonly ScalarDocument[]
    | WeightDocument
    | readonly WeightDocument[]
    | SparseDocument
    | readonly SparseDocument[]
    | null;
}

/** The nodes of a graph in their order, with their numbers. */
export function* nodesOf(document: ModelDocument, graph: number): Generator<readonly [number, NodeDocument]> {
  let at = document.graphs[graph]?.firstNode ?? null;
  while (at !== null) {
    const node: NodeDocument | null | undefined = document.nodes[at];
    if (!node) return;
    yield [at, node];
    at = node.next;
  }
}
