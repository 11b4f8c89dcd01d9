import { ModelError } from '../errors.ts';
import type { Attribute, Int } from '../graph/attribute.ts';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Dim } from '../types/dim.ts';
import type { DType } from '../types/dtype.ts';
import type { Shape } from '../types/shape.ts';
import type { Tensor } from '../types/tensor.ts';
import type { ValueType } from '../types/value-type.ts';
import type { OperatorSchema } from './schema.ts';

/**
 * What is known of the operands of a node. While a graph is optimized that is part of the truth (types,
 * constants, shape data); while it runs, all of it.
 */
export interface OperandFacts {
  type(index: number): ValueType | undefined;
  /** Elements of a constant integer or boolean operand in row-major order, if known. */
  ints(index: number): readonly Int[] | undefined;
  /** Elements of a constant numeric operand as doubles, if known. */
  floats(index: number): readonly number[] | undefined;
  strings(index: number): readonly string[] | undefined;
  /** Symbolic elements of an integer operand of rank 0 or 1 (a constant one included), if known. */
  dims(index: number): readonly Dim[] | undefined;
  /**
   * Types of the outputs of a nested graph whose inputs have the given types (undefined: not known).
   * Inference only: kernels run nested graphs instead.
   */
  inferGraph?(graph: Graph, inputs: readonly (ValueType | undefined)[]): readonly (ValueType | undefined)[];
}

/** The attributes that a function body sees, by the names that references in it use. */
export type CallAttributes = ReadonlyMap<string, Attribute>;

/** Says that a parameter refers to an attribute of a call that is not known where it is asked for. */
export class UnknownAttribute extends ModelError {
  constructor(node: Node, name: string, of: string) {
    super(
      'model/invalid',
      `${node.op}: attribute ${name} refers to attribute ${of} of a function that is not called`,
      {
        node: node.label,
        op: node.op,
      },
    );
  }
}

/**
 * How views, inference and kernels look at a node: operands as facts, attributes with the defaults of the
 * schema filled in. Nobody reads raw attributes.
 */
export class OpContext {
  readonly node: Node;
  /** Undefined for operators that no table knows, such as those of vendors' domains. */
  readonly schema: OperatorSchema | undefined;
  /** Version of the operator (`since_version` of its schema); 0 without a schema. */
  readonly version: number;
  readonly facts: OperandFacts;
  private readonly call: CallAttributes | undefined;

  /** `call` has the attributes of the call when the node stands in a function body that is called. */
  constructor(
    node: Node,
    schema: OperatorSchema | undefined,
    facts: OperandFacts,
    call?: CallAttributes | undefined,
  ) {
    this.node = node;
    this.schema = schema;
    this.version = schema?.since ?? 0;
    this.facts = facts;
    this.call = call;
  }

  // ---------------------------------------------------------------- operands

  get inputCount(): number {
    return this.node.inputs.length;
  }

  get outputCount(): number {
    return this.node.outputs.length;
  }

  hasInput(index: number): boolean {
    return this.node.inputs[index] !== undefined;
  }

  hasOutput(index: number): boolean {
    return this.node.outputs[index] !== undefined;
  }

  type(index: number): ValueType | undefined {
    return this.hasInput(index) ? this.facts.type(index) : undefined;
  }

  /** Element type of a tensor operand. */
  dtype(index: number): DType | undefined {
    const type = this.type(index);
    return type?.kind === 'tensor' || type?.kind === 'sparse' ? type.dtype : undefined;
  }

  shape(index: number): Shape | undefined {
    const type = this.type(index);
    return type?.kind === 'tensor' || type?.kind === 'sparse' ? type.shape : undefined;
  }

  rank(index: number): number | undefined {
    return this.shape(index)?.length;
  }

  /** Elements of a constant integer operand as numbers; int64 extremes lose their last bits. */
  ints(index: number): readonly number[] | undefined {
    return this.hasInput(index) ? this.facts.ints(index)?.map(Number) : undefined;
  }

  floats(index: number): readonly number[] | undefined {
    return this.hasInput(index) ? this.facts.floats(index) : undefined;
  }

  strings(index: number): readonly string[] | undefined {
    return this.hasInput(index) ? this.facts.strings(index) : undefined;
  }

  /** Symbolic elements of an integer operand of rank 0 or 1. */
  dims(index: number): readonly Dim[] | undefined {
    return this.hasInput(index) ? this.facts.dims(index) : undefined;
  }

  // ---------------------------------------------------------------- attributes

  /**
   * The attribute as written, without a default. A reference stands for the attribute of the call, and for
   * an absent one when the call does not give it; throws {@link UnknownAttribute} when no call is known.
   */
  attribute(name: string): Attribute | undefined {
    const written = this.node.attributes.get(name);
    if (written?.type !== 'reference') return written;
    const given = this.call?.get(written.value);
    if (!this.call || given?.type === 'reference') throw new UnknownAttribute(this.node, name, written.value);
    return given && { ...given, name };
  }

  hasAttribute(name: string): boolean {
    return this.attribute(name) !== undefined;
  }

  int(name: string): number | undefined {
    const a = this.attribute(name);
    if (a === undefined) return this.fallback(name, (v) => (typeof v === 'number' ? v : undefined));
    if (a.type !== 'int') throw this.wrongType(name, 'int');
    return Number(a.value);
  }

  float(name: string): number | undefined {
    const a = this.attribute(name);
    if (a === undefined)
      return this.fallback(name, (v) => (typeof v === 'number' ? Math.fround(v) : undefined));
    if (a.type !== 'float') throw this.wrongType(name, 'float');
    return a.value;
  }

  string(name: string): string | undefined {
    const a = this.attribute(name);
    if (a === undefined) return this.fallback(name, (v) => (typeof v === 'string' ? v : undefined));
    if (a.type !== 'string') throw this.wrongType(name, 'string');
    return a.value;
  }

  intsAttribute(name: string): readonly number[] | undefined {
    const a = this.attribute(name);
    if (a === undefined) return this.fallback(name, (v) => (Array.isArray(v) ? v.map(Number) : undefined));
    if (a.type !== 'ints') {
      // An empty list has no telling type on the wire.
      if (isEmptyList(a)) return [];
      throw this.wrongType(name, 'ints');
    }
    return a.value.map(Number);
  }

  floatsAttribute(name: string): readonly number[] | undefined {
    const a = this.attribute(name);
    if (a === undefined) return this.fallback(name, (v) => (Array.isArray(v) ? v.map(Number) : undefined));
    if (a.type !== 'floats') {
      if (isEmptyList(a)) return [];
      throw this.wrongType(name, 'floats');
    }
    return a.value;
  }

  stringsAttribute(name: string): readonly string[] | undefined {
    const a = this.attribute(name);
    if (a === undefined) return this.fallback(name, (v) => (Array.isArray(v) ? v.map(String) : undefined));
    if (a.type !== 'strings') {
      if (isEmptyList(a)) return [];
      throw this.wrongType(name, 'strings');
    }
    return a.value;
  }

  tensor(name: string): Tensor | undefined {
    const a = this.attribute(name);
    if (a === undefined) return undefined;
    if (a.type !== 'tensor') throw this.wrongType(name, 'tensor');
    return a.value;
  }

  graph(name: string): Graph | undefined {
    const a = this.attribute(name);
    if (a === undefined) return undefined;
    if (a.type !== 'graph') throw this.wrongType(name, 'graph');
    return a.value;
  }

  /** An error about this node, for `infer` and kernels to throw. */
  invalid(reason: string): ModelError {
    return new ModelError('model/invalid', `${this.node.op}: ${reason}`, {
      node: this.node.label,
      op: this.node.op,
    });
  }

  private fallback<T>(name: string, read: (value: unknown) => T | undefined): T | undefined {
    return read(this.schema?.attributes.get(name)?.default);
  }

  private wrongType(name: string, wanted: string): ModelError {
    return this.invalid(`attribute ${name} is not of type ${wanted}`);
  }
}

function isEmptyList(a: Attribute): boolean {
  return Array.isArray(a.value) && a.value.length === 0;
}
