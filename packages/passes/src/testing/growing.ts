import {
  type Attribute,
  type DType,
  Editor,
  type Graph,
  inferNode,
  type Model,
  newModel,
  staticShape,
  type Tensor,
  tensorOf,
  tensorType,
  type Value,
} from '@refold/ir';
import type { Choices } from '@refold/runtime/testing/choices';

export type AttributeData = number | string | readonly number[] | { readonly float: number } | Graph;

/** Outputs that a model has at most, but for values that are read as well. */
const MAX_OUTPUTS = 6;

/** Elements beyond which a value is not made larger. */
const MAX_ELEMENTS = 4096;

/** A model while it grows, and the values that its next node may read. */
export class Growing {
  readonly model: Model;
  readonly choices: Choices;
  readonly opset: number;
  /** The graph that grows: the main graph, or a branch. */
  readonly graph: Graph;
  private readonly editor: Editor;
  private readonly values: Value[] = [];

  constructor(choices: Choices, opset: number, within?: { readonly outer: Growing; readonly graph: Graph }) {
    this.choices = choices;
    this.opset = opset;
    this.model = within?.outer.model ?? newModel(new Map([['', opset]]));
    this.editor = within?.outer.editor ?? new Editor(this.model);
    this.graph = within?.graph ?? this.model.graph;
    if (within) this.values.push(...within.outer.values);
  }

  /** A branch that reads the values at hand and gives back what `grow` makes of them. */
  branch(name: string, grow: (inner: Growing) => Value): Graph {
    const graph = this.editor.createGraph(name);
    const inner = new Growing(this.choices, this.opset, { outer: this, graph });
    this.editor.setOutputs(graph, [grow(inner)]);
    return graph;
  }

  input(name: string, dtype: DType, dims: readonly number[]): Value {
    const type = tensorType(dtype, dims);
    const value = this.editor.addInput(this.model.graph, { name, type, declared: type });
    this.values.push(value);
    return value;
  }

  /** Float values of a rank, the latest first. */
  floats(test: (dims: readonly number[]) => boolean = () => true): readonly Value[] {
    const fit = this.values.filter((v) => {
      const dims = dimsOf(v);
      return dims !== undefined && v.type?.kind === 'tensor' && v.type.dtype === 'float32' && test(dims);
    });
    return fit.reverse();
  }

  /** One of the float values, most often a late one; undefined when there is none. */
  pick(test?: (dims: readonly number[]) => boolean): Value | undefined {
    return this.choices.any(this.floats(test).slice(0, 3));
  }

  /** An initializer of chosen floats. */
  weight(dims: readonly number[], positive = false): Value {
    const count = dims.reduce((a, d) => a * d, 1);
    const values = Array.from({ length: count }, () => {
      const v = this.choices.number();
      return positive ? Math.abs(v) + 0.5 : v;
    });
    return this.constant(tensorOf('float32', dims, values), 'w');
  }

  constant(tensor: Tensor, hint = 'k'): Value {
    return this.editor.addConstant(this.model.graph, tensor, hint);
  }

  scalar(v: number): Value {
    return this.constant(tensorOf('float32', [], [v]), 'c');
  }

  ints(...values: readonly number[]): Value {
    return this.constant(tensorOf('int64', [values.length], values), 'i');
  }

  index(value: number): Value {
    return this.constant(tensorOf('int64', [], [value]), 'i');
  }

  /** A node with one output. */
  node(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: Readonly<Record<string, AttributeData>> = {},
  ): Value {
    const [value] = this.nodeN(op, 1, inputs, attributes);
    if (!value) throw new Error(`${op} has no output`);
    return value;
  }

  nodeN(
    op: string,
    outputs: number,
    inputs: readonly (Value | undefined)[],
    attributes: Readonly<Record<string, AttributeData>> = {},
  ): readonly Value[] {
    const node = this.editor.createNode(
      {
        opType: op,
        inputs,
        outputs: new Array<string>(outputs).fill(''),
        attributes: Object.entries(attributes).map(([name, data]) => attribute(name, data)),
      },
      { end: this.graph },
    );
    inferNode(this.editor, node, (error) => {
      throw error;
    });
    return node.outputs.filter((o) => o !== undefined);
  }

  /** Lets later nodes read a value. */
  keep(value: Value): void {
    const dims = dimsOf(value);
    if (dims && dims.reduce((a, d) => a * d, 1) <= MAX_ELEMENTS && dims.length <= 5) this.values.push(value);
  }

  /** Ends the model: its outputs are the values that nobody reads, as far as there are not too many, and perhaps others. */
  finish(): Model {
    const made = this.floats().filter((v) => v.producer);
    const unread = made.filter((v) => v.useCount === 0).slice(0, MAX_OUTPUTS);
    const read = made.filter((v) => v.useCount > 0 && this.choices.below(12) === 11).slice(0, 2);
    const outputs = [...unread, ...read];
    if (outputs.length === 0) outputs.push(this.node('Relu', this.floats().slice(0, 1)));
    this.editor.setOutputs(this.model.graph, outputs);
    return this.model;
  }
}

/** Sizes of a value, when all are numbers. */
export function dimsOf(value: Value): readonly number[] | undefined {
  return value.type?.kind === 'tensor' ? staticShape(value.type.shape) : undefined;
}

function attribute(name: string, data: AttributeData): Attribute {
  if (typeof data === 'number') return { name, type: 'int', value: data };
  if (typeof data === 'string') return { name, type: 'string', value: data };
  if ('float' in data) return { name, type: 'float', value: data.float };
  if ('nodes' in data) return { name, type: 'graph', value: data };
  return { name, type: 'ints', value: data };
}
