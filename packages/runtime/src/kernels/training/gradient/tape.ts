import {
  type Attribute,
  allNumbers,
  type DType,
  type Editor,
  type Graph,
  inferNode,
  isFloat,
  ModelError,
  type Node,
  type NodeSpec,
  outputOf,
  type Tensor,
  tensorOf,
  tensorType,
  type Value,
} from '@refold/ir';

/** Each derivative of a derivative may have several times the nodes of what it is taken of. */
const MAX_NODES = 100_000;

/** Attributes by plain value: integers, lists of integers, strings. */
export type PlainAttributes = Readonly<Record<string, number | readonly number[] | string>>;

/** Writes nodes at the end of a graph, and knows the type of each value as soon as it is written. */
export class Tape {
  readonly editor: Editor;
  readonly graph: Graph;

  private readonly tick: () => void;

  /** `tick` is called for each node, and may throw. */
  constructor(editor: Editor, tick: () => void) {
    this.editor = editor;
    this.tick = tick;
    this.graph = editor.model.graph;
  }

  /** The result of a new node of the standard domain. */
  op(opType: string, inputs: readonly Value[], attributes: PlainAttributes = {}): Value {
    const list = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
    return outputOf(this.node({ opType, inputs, outputs: [''], attributes: list }));
  }

  /** A copy of a node of another model, without nested graphs; operands and results are those of `map`. */
  copy(node: Node, map: Map<Value, Value | undefined>): Node {
    const copy = this.node({
      opType: node.opType,
      domain: node.domain,
      inputs: node.inputs.map((input) => input && map.get(input)),
      outputs: node.outputs.map((output) => output && ''),
      attributes: node.attributes.values(),
    });
    node.outputs.forEach((output, i) => {
      if (output) map.set(output, copy.outputs[i]);
    });
    return copy;
  }

  /** A constant of another model. */
  initializer(name: string, tensor: Tensor): Value {
    const type = tensorType(tensor.dtype, tensor.dims);
    return this.editor.addInitializer(this.graph, { name: this.editor.freshName(name), type, tensor });
  }

  add(a: Value, b: Value): Value {
    return this.op('Add', [a, b]);
  }

  sub(a: Value, b: Value): Value {
    return this.op('Sub', [a, b]);
  }

  mul(a: Value, b: Value): Value {
    return this.op('Mul', [a, b]);
  }

  div(a: Value, b: Value): Value {
    return this.op('Div', [a, b]);
  }

  /** A scalar of the type of `like`. */
  number(value: number, like: Value): Value {
    return this.constant(this.dtypeOf(like), [], [value]);
  }

  /** As many copies of a number as `like` has elements. */
  filled(value: number, like: Value): Value {
    const dims = this.dimsOf(like);
    return this.op('Expand', [this.number(value, like), this.sizes(dims)]);
  }

  sizes(values: readonly number[]): Value {
    return this.constant('int64', [values.length], values);
  }

  reshape(value: Value, dims: readonly number[]): Value {
    if (this.dimsOf(value).join() === dims.join()) return value;
    return this.op('Reshape', [value, this.sizes(dims)]);
  }

  /** Sums over axes that stay with size 1. They are an attribute up to opset 12, an operand from 13 on. */
  sumOver(value: Value, axes: readonly number[]): Value {
    if (axes.length === 0) return value;
    const asOperand = (this.graph.opset() ?? 0) >= 13;
    return asOperand
      ? this.op('ReduceSum', [value, this.sizes(axes)], { keepdims: 1 })
      : this.op('ReduceSum', [value], { axes, keepdims: 1 });
  }

  /** Sums what broadcasting has repeated, so that the result has the shape of `like`. */
  sumTo(value: Value, like: Value): Value {
    const [from, to] = [this.dimsOf(value), this.dimsOf(like)];
    const lead = from.length - to.length;
    const axes = from.flatMap((size, i) => (i < lead || (size !== 1 && to[i - lead] === 1) ? [i] : []));
    return this.reshape(this.sumOver(value, axes), to);
  }

  dimsOf(value: Value): readonly number[] {
    const dims = allNumbers(value.type?.kind === 'tensor' ? value.type.shape : undefined);
    if (!dims) throw new ModelError('model/unsupported', `Gradient: the shape of ${value.name} is not known`);
    return dims;
  }

  dtypeOf(value: Value): DType {
    if (value.type?.kind === 'tensor') return value.type.dtype;
    throw new ModelError('model/unsupported', `Gradient: the type of ${value.name} is not known`);
  }

  isFloat(value: Value): boolean {
    return value.type?.kind === 'tensor' && isFloat(value.type.dtype);
  }

  private constant(dtype: DType, dims: readonly number[], values: readonly number[]): Value {
    return this.initializer('number', tensorOf(dtype, dims, values));
  }

  private node(spec: NodeSpec): Node {
    this.tick();
    if (this.graph.nodeCount >= MAX_NODES) {
      throw new ModelError('model/limit', `Gradient: the derivatives take more than ${MAX_NODES} nodes`);
    }
    const node = this.editor.createNode(spec, { end: this.graph });
    inferNode(this.editor, node, (error) => {
      throw error;
    });
    return node;
  }
}

function attributeOf(name: string, value: PlainAttributes[string]): Attribute {
  if (typeof value === 'number') return { name, type: 'int', value };
  return typeof value === 'string' ? { name, type: 'string', value } : { name, type: 'ints', value };
}
