import type { Attribute } from '../graph/attribute.ts';
import type { FunctionDef } from '../graph/function.ts';
import type { Graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { printDouble } from '../text/numbers.ts';
import { printType } from '../text/types.ts';
import { dimKey } from '../types/dim.ts';
import type { SparseTensor, Tensor } from '../types/tensor.ts';
import { isValueType } from '../types/value-type.ts';
import type {
  AttributeDocument,
  FunctionDocument,
  GraphDocument,
  ModelDocument,
  NodeDocument,
  ScalarDocument,
  SparseDocument,
  ValueDocument,
  WeightDocument,
} from './document.ts';

/** The model as plain data. Linear; no weights are loaded. */
export function toDocument(model: Model): ModelDocument {
  return new DocumentWriter(model).model();
}

/** Writes parts of a model as plain data, and remembers the numbers that it gave to graphs and weights. */
export class DocumentWriter {
  private readonly source: Model;
  private readonly graphNumbers = new Map<Graph, number>();
  private readonly weightNumbers = new Map<Tensor, number>();

  constructor(source: Model) {
    this.source = source;
    this.graphNumber(source.graph);
  }

  /** Every weight that a document mentions, by its number. */
  get weights(): readonly Tensor[] {
    return [...this.weightNumbers.keys()];
  }

  model(): ModelDocument {
    const { source } = this;
    const nodes: (NodeDocument | null)[] = [];
    const values: (ValueDocument | null)[] = [];
    const graphs: (GraphDocument | null)[] = [];
    for (const graph of source.graphs()) {
      putAt(graphs, this.graphNumber(graph), this.graph(graph));
      for (const value of graph.inputs) putAt(values, value.id, this.value(value));
      for (const value of graph.initializers) putAt(values, value.id, this.value(value));
      for (const node of graph.nodes()) {
        putAt(nodes, node.id, this.node(node));
        for (const value of node.outputs) if (value) putAt(values, value.id, this.value(value));
      }
    }
    return { ...this.header(), graphs, nodes, values };
  }

  /** What is said of the model as a whole. */
  header(): Pick<ModelDocument, 'irVersion' | 'opsets' | 'functions'> {
    const { irVersion, opsets, functions } = this.source;
    return { irVersion, opsets: [...opsets], functions: [...functions.values()].map((fn) => this.fn(fn)) };
  }

  graphNumber(graph: Graph): number {
    let number = this.graphNumbers.get(graph);
    if (number === undefined) {
      number = this.graphNumbers.size;
      this.graphNumbers.set(graph, number);
    }
    return number;
  }

  graph(graph: Graph): GraphDocument {
    return {
      name: graph.name,
      inputs: graph.inputs.map((v) => v.id),
      initializers: [...graph.initializers].map((v) => v.id),
      outputs: graph.outputs.map((v) => v.id),
      firstNode: graph.firstNode?.id ?? null,
    };
  }

  node(node: Node): NodeDocument {
    return {
      name: node.name,
      domain: node.domain,
      opType: node.opType,
      overload: node.overload,
      inputs: node.inputs.map((v) => v?.id ?? null),
      outputs: node.outputs.map((v) => v?.id ?? null),
      attributes: [...node.attributes.values()].map((a) => this.attribute(a)),
      next: node.next?.id ?? null,
    };
  }

  value(value: Value): ValueDocument {
    const { type, declared, contents, tensor, sparse } = value;
    return {
      name: value.name,
      type: type ? printType(type) : null,
      declared: declared ? printType(declared) : null,
      contents: contents ? contents.map(dimKey) : null,
      data: tensor ? this.weight(tensor) : sparse ? this.sparse(sparse) : null,
      overridable: value.overridable,
    };
  }

  private fn(fn: FunctionDef): FunctionDocument {
    const { domain, name, overload, opsets, attributes, defaults, body } = fn;
    return {
      domain,
      name,
      overload,
      opsets: [...opsets],
      attributes: [...attributes],
      defaults: [...defaults.values()].map((a) => this.attribute(a)),
      body: this.graphNumber(body),
    };
  }

  private weight(tensor: Tensor): WeightDocument {
    let weight = this.weightNumbers.get(tensor);
    if (weight === undefined) {
      weight = this.weightNumbers.size;
      this.weightNumbers.set(tensor, weight);
    }
    return { dtype: tensor.dtype, dims: [...tensor.dims], byteLength: tensor.byteLength, weight };
  }

  private sparse(sparse: SparseTensor): SparseDocument {
    return {
      dims: [...sparse.dims],
      values: this.weight(sparse.values),
      indices: this.weight(sparse.indices),
    };
  }

  private attribute(attribute: Attribute): AttributeDocument {
    return { name: attribute.name, type: attribute.type, value: this.attributeValue(attribute) };
  }

  private attributeValue(attribute: Attribute): AttributeDocument['value'] {
    switch (attribute.type) {
      case 'int':
      case 'float':
        return scalar(attribute.value);
      case 'ints':
      case 'floats':
        return attribute.value.map(scalar);
      case 'string':
      case 'reference':
        return attribute.value;
      case 'strings':
        return [...attribute.value];
      case 'tensor':
        return this.weight(attribute.value);
      case 'tensors':
        return attribute.value.map((t) => this.weight(t));
      case 'sparse':
        return this.sparse(attribute.value);
      case 'sparses':
        return attribute.value.map((s) => this.sparse(s));
      case 'graph':
        return this.graphNumber(attribute.value);
      case 'graphs':
        return attribute.value.map((g) => this.graphNumber(g));
      case 'type':
        return statedType(attribute.value);
      case 'types':
        return attribute.value.map(statedType);
      case 'undefined':
        return null;
    }
  }
}

/** Sets an element of a list without holes. */
export function putAt<T>(list: (T | null)[], index: number, item: T | null): void {
  while (list.length < index) list.push(null);
  list[index] = item;
}

function scalar(x: number | bigint): ScalarDocument {
  if (typeof x === 'bigint') return String(x);
  return Number.isFinite(x) && !Object.is(x, -0) ? x : printDouble(x);
}

function statedType(type: object): string {
  return isValueType(type) ? printType(type) : 'opaque()';
}
