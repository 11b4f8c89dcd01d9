import {
  type Attribute,
  type Editor,
  type Node,
  outputOf,
  type Tensor,
  tensorOf,
  type Value,
} from '@refold/ir';
import { eraseDead } from '../../support/erase-dead.ts';

type Settings = Readonly<Record<string, number | readonly number[]>>;

/** Nodes before another one that compute the same in several steps. Their types are inferred when all are written. */
export class Steps {
  private readonly editor: Editor;
  private readonly at: Node;
  private readonly made: Node[] = [];
  private readonly constants: Value[] = [];
  private readonly vectors = new Map<string, Value>();

  constructor(editor: Editor, at: Node) {
    this.editor = editor;
    this.at = at;
  }

  /** The result of a new node; attributes are integers, or lists of them. */
  node(opType: string, inputs: readonly (Value | undefined)[], attributes: Settings = {}): Value {
    return outputOf(this.create(opType, inputs, attributes, 1));
  }

  /** The parts of a value along its last axis, of given sizes. */
  split(value: Value, sizes: readonly number[]): readonly Value[] {
    if (sizes.length === 1) return [value];
    const node = this.create('Split', [value, this.ints(...sizes)], { axis: -1 }, sizes.length);
    return node.outputs.filter((v) => v !== undefined);
  }

  transpose(value: Value, ...perm: readonly number[]): Value {
    return this.node('Transpose', [value], { perm });
  }

  /** `sizes` may have zeros for what stays. */
  reshape(value: Value, ...sizes: readonly number[]): Value {
    return this.node('Reshape', [value, this.ints(...sizes)]);
  }

  /** The size of an axis. */
  size(value: Value, axis: number): Value {
    const size = this.node('Shape', [value], { start: axis, end: axis + 1 });
    return this.node('Squeeze', [size, this.ints(0)]);
  }

  ints(...numbers: readonly number[]): Value {
    const key = numbers.join();
    const known = this.vectors.get(key);
    if (known) return known;
    const made = this.constant(tensorOf('int64', [numbers.length], numbers));
    this.vectors.set(key, made);
    return made;
  }

  int(number: number): Value {
    return this.constant(tensorOf('int64', [], [number]));
  }

  float(number: number): Value {
    return this.constant(tensorOf('float32', [], [number]));
  }

  constant(tensor: Tensor): Value {
    const value = this.editor.addConstant(this.at.graph ?? this.editor.model.graph, tensor);
    this.constants.push(value);
    return value;
  }

  /** Takes back all that nobody reads. */
  drop(): void {
    eraseDead(this.editor, this.made.toReversed());
    for (const value of this.constants)
      if (value.isInitializer && value.useCount === 0) this.editor.removeInitializer(value);
  }

  private create(
    opType: string,
    inputs: readonly (Value | undefined)[],
    settings: Settings,
    count: number,
  ): Node {
    const hint = `${outputOf(this.at).name}_${opType}`;
    const outputs = Array.from({ length: count }, () => this.editor.freshName(hint));
    const attributes = Object.entries(settings).map(
      ([name, value]): Attribute =>
        typeof value === 'number' ? { name, type: 'int', value } : { name, type: 'ints', value },
    );
    const node = this.editor.createNode({ opType, inputs, outputs, attributes }, { before: this.at });
    this.made.push(node);
    return node;
  }
}
