import type { Graph } from '../graph/graph.ts';
import type { Value } from '../graph/value.ts';
import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorAnnotation,
  TensorProto,
  ValueInfoProto,
} from './generated/messages.ts';

/*
 * What the tables of a model do not say but its file did: doc strings, metadata, fields of later versions,
 * and how empty things were spelled. Held as the `origin` of models, graphs, nodes, values and tensors, and
 * given back by the writer. Each origin keeps the message that it came from, without the parts that the
 * tables hold.
 */

/** The model apart from its graph and functions; `opsetImport` as it was in the file. */
export class ModelOrigin {
  readonly message: ModelProto;

  constructor(message: ModelProto) {
    this.message = message;
  }
}

/** An entry of the file about a value: an input, an output, or an element of `value_info`. */
export class ValueOrigin {
  readonly message: ValueInfoProto;
  /** The graph in whose lists the entry stood. */
  readonly graph: Graph;
  /** The value, when the entry was about one of that graph. */
  value: Value | undefined = undefined;

  constructor(message: ValueInfoProto, graph: Graph) {
    this.message = message;
    this.graph = graph;
  }
}

/**
 * The graph apart from its nodes and values, and the order in which the file listed entries about values.
 * The lists are filled when the values are made.
 */
export class GraphOrigin {
  readonly message: GraphProto;
  outputs: readonly ValueOrigin[] = [];
  valueInfo: readonly ValueOrigin[] = [];
  /** Values with data in the order of the file. */
  initializers: readonly Value[] = [];
  sparseInitializers: readonly Value[] = [];
  annotations: readonly Annotation[] = [];

  constructor(message: GraphProto) {
    const { name, docString, metadataProps, unknown } = message;
    this.message = { name, docString, metadataProps, unknown };
  }
}

/** A quantization annotation: of which value, and which values its parameters name. */
export interface Annotation {
  readonly message: TensorAnnotation;
  readonly value: Value | undefined;
  readonly parameters: readonly (Value | undefined)[];
}

/** A function apart from its nodes; `opsetImport` as it was in the file. */
export class FunctionOrigin {
  readonly message: FunctionProto;
  readonly valueInfo: readonly ValueOrigin[];

  constructor(message: FunctionProto, valueInfo: readonly ValueOrigin[]) {
    this.message = message;
    this.valueInfo = valueInfo;
  }
}

/** A node apart from its operands and attributes. Only nodes that need one have one. */
export class NodeOrigin {
  readonly message: NodeProto;

  constructor(message: NodeProto) {
    this.message = message;
  }
}

/** An attribute that its meaning alone would not give back. */
export class AttributeOrigin {
  readonly message: AttributeProto;
  /** The value that the message stands for: another value makes the message void. */
  readonly value: unknown;

  constructor(message: AttributeProto, value: unknown) {
    this.message = message;
    this.value = value;
  }
}

export class TensorOrigin {
  readonly message: TensorProto;

  constructor(message: TensorProto) {
    this.message = message;
  }
}

export class SparseOrigin {
  readonly message: SparseTensorProto;

  constructor(message: SparseTensorProto) {
    this.message = message;
  }
}
