import {
  type Attribute,
  type DType,
  dtypeCode,
  type Editor,
  functionKey,
  type Graph,
  type Int,
  type Node,
  type OpContext,
  outputOf,
  type Tensor,
  tensorOf,
  type Value,
} from '@refold/ir';
import { OpsetError } from './opset-error.ts';

/** Writes a node of the version of its operator before a step in the form of the version after it. */
export type Adapter = (c: Conversion) => void;

/** What the driver gives every adapter: where nodes are announced that an adapter makes, and shared constants. */
export interface Surroundings {
  readonly editor: Editor;
  /** The opset that the model gets in the end. */
  readonly target: number;
  /** Told of each node that is made, and of the opset version in whose form it is written. */
  made(node: Node, version: number): void;
  /** Small constants of each outermost graph, by type, shape and elements. */
  readonly constants: Map<Graph, Map<string, Value>>;
}

/** What a node that takes the place of another one is made of. */
export interface Replacement {
  readonly opType?: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Iterable<Attribute>;
  /** How many of the old outputs the new node has; all when absent. */
  readonly outputs?: number;
  /** The version in whose form it is written; that of the step when absent. */
  readonly version?: number;
}

/** One node on its way over one version of its operator. */
export class Conversion {
  readonly node: Node;
  /** The version of the operator whose form is wanted. */
  readonly version: number;
  /** The node as the version before reads it. */
  readonly op: OpContext;
  private readonly around: Surroundings;

  constructor(around: Surroundings, node: Node, version: number, op: OpContext) {
    this.around = around;
    this.node = node;
    this.version = version;
    this.op = op;
  }

  get target(): number {
    return this.around.target;
  }

  get editor(): Editor {
    return this.around.editor;
  }

  /** For adapters to throw. */
  refuse(reason: string, hint?: string): OpsetError {
    return new OpsetError(this.node, this.target, reason, hint);
  }

  // ---------------------------------------------------------------- reading

  /** An operand that the operator requires. */
  input(index: number): Value {
    const value = this.node.inputs[index];
    if (!value) throw this.refuse(`operand ${index} is missing`);
    return value;
  }

  /** An attribute of integers as written, int64 extremes included. */
  ints(name: string): readonly Int[] | undefined {
    const attribute = this.op.attribute(name);
    return attribute?.type === 'ints' ? attribute.value : this.op.intsAttribute(name);
  }

  // ---------------------------------------------------------------- changing the node

  setOperand(index: number, value: Value | undefined): void {
    this.editor.setOperand(this.node, index, value);
  }

  /** Drops absent operands at the end of the list. */
  trimOperands(): void {
    let count = this.node.inputs.length;
    while (count > 0 && this.node.inputs[count - 1] === undefined) count -= 1;
    this.editor.setArity(this.node, count);
  }

  setAttribute(attribute: Attribute): void {
    const { type, value } = this.node.attributes.get(attribute.name) ?? {};
    if (type === attribute.type && value === attribute.value) return;
    this.editor.setAttribute(this.node, attribute);
  }

  removeAttribute(name: string): void {
    this.editor.removeAttribute(this.node, name);
  }

  // ---------------------------------------------------------------- making values

  constant(tensor: Tensor, hint = 'constant'): Value {
    const graph = this.graph();
    if (graph.inFunction) this.checkNotShadowed('Constant');
    return this.editor.addConstant(graph, tensor, hint);
  }

  /** An int64 vector; equal ones are one. */
  intsConstant(values: readonly Int[], hint = 'axes'): Value {
    return this.shared(`ints ${values.join()}`, () =>
      this.constant(tensorOf('int64', [values.length], values), hint),
    );
  }

  /** A scalar of the element type of operand `like`. */
  scalarLike(x: number, like: number, hint: string): Value {
    const dtype = this.op.dtype(like);
    if (dtype !== undefined) return this.scalar(dtype, x, hint);
    if (this.target < 15) {
      throw this.refuse('the element type of its input is not known', 'opset 15 and later can do without');
    }
    return this.emit('CastLike', [this.scalar('float32', x, hint), this.input(like)], [], 15);
  }

  /** A scalar; equal ones are one. */
  scalar(dtype: DType, x: number, hint: string): Value {
    const key = `${dtype} ${Object.is(x, -0) ? '-0' : x}`;
    return this.shared(key, () => this.constant(tensorOf(dtype, [], [x]), hint));
  }

  /** A new node before the one at hand, in the form of version `version` (that of the step when absent). */
  emit(
    opType: string,
    inputs: readonly (Value | undefined)[],
    attributes: Iterable<Attribute> = [],
    version: number = this.version,
  ): Value {
    this.checkNotShadowed(opType);
    const node = this.editor.createNode({ opType, inputs, outputs: [''], attributes }, { before: this.node });
    this.around.made(node, version);
    return outputOf(node);
  }

  /** A value in another element type. */
  cast(value: Value, to: DType): Value {
    return this.emit('Cast', [value], [intAttribute('to', dtypeCode(to))]);
  }

  /** Says that a node was made, in the form of the version of the step. */
  announce(node: Node): void {
    this.around.made(node, this.version);
  }

  // ---------------------------------------------------------------- replacing the node

  /** Puts another node in the place of this one, with its name and its first outputs. */
  replaceNode(made: Replacement): void {
    const old = this.node;
    const { opType = old.opType, inputs, attributes, outputs } = made;
    this.checkNotShadowed(opType);
    const results = old.outputs.slice(0, outputs);
    const node = this.editor.createNode(
      {
        opType,
        name: old.name,
        inputs,
        attributes,
        origin: old.origin,
        outputs: results.map((v) => v && this.editor.freshName(v.name)),
        types: results.map((v) => v?.type),
        declared: results.map((v) => v?.declared),
        outputOrigins: results.map((v) => v?.origin),
      },
      { before: old },
    );
    this.around.made(node, made.version ?? this.version);
    results.forEach((from, i) => {
      const to = node.outputs[i];
      if (from && to) this.passOn(from, to);
    });
    this.editor.eraseNode(old);
  }

  /** All uses and the name of a value, those as outputs of graphs included, pass to a new one. */
  private passOn(from: Value, to: Value): void {
    this.editor.replaceAllUses(from, to);
    const { name } = from;
    this.editor.rename(from, this.editor.freshName(name));
    this.editor.rename(to, name);
    this.editor.setType(to, from.type);
  }

  private graph(): Graph {
    const { graph } = this.node;
    if (!graph) throw this.refuse('it stands in no graph');
    return graph;
  }

  private shared(key: string, make: () => Value): Value {
    const root = this.graph().root;
    const known = this.around.constants.get(root) ?? new Map<string, Value>();
    this.around.constants.set(root, known);
    const value = known.get(key) ?? make();
    known.set(key, value);
    return value;
  }

  /** A function of the model under the name of an operator would be called in its place. */
  private checkNotShadowed(opType: string): void {
    if (!this.editor.model.functions.has(functionKey('', opType, ''))) return;
    throw this.refuse(`it takes the operator ${opType}, which the model replaces by a function of its own`);
  }
}

export const intAttribute = (name: string, value: number): Attribute => ({ name, type: 'int', value });
export const textAttribute = (name: string, value: string): Attribute => ({ name, type: 'string', value });
