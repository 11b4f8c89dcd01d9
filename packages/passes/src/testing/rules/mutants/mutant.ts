import {
  type Attribute,
  constantTensor,
  Editor,
  type Graph,
  type Model,
  type Node,
  type Tensor,
  tensorType,
  type Value,
} from '@refold/ir';
import type { Choices } from '@refold/runtime/testing/choices';

/** A small change of a model, after which it computes something else, or the same in another way. */
export interface Mutant {
  /** Its name in reports and in lists of survivors. */
  readonly kind: string;
  /** Makes the change at a place that is drawn; says which, or undefined where there is no such place. */
  mutate(site: Site): string | undefined;
}

/** A constant: an initializer, or the tensor of a Constant node. */
export interface Constant {
  readonly value: Value;
  readonly tensor: Tensor;
}

/** A model that is to be changed. */
export class Site {
  readonly model: Model;
  readonly editor: Editor;
  readonly choices: Choices;

  constructor(model: Model, choices: Choices) {
    this.model = model;
    this.editor = new Editor(model);
    this.choices = choices;
  }

  /** All nodes of all graphs, of functions too. */
  get nodes(): readonly Node[] {
    return [...this.model.graphs()].flatMap((graph) => [...graph.nodes()]);
  }

  /** One of the nodes that pass a test. */
  node(test: (node: Node) => boolean): Node | undefined {
    return this.choices.any(this.nodes.filter(test));
  }

  /** One of the constants that something reads and that pass a test. */
  constant(test: (constant: Constant) => boolean): Constant | undefined {
    const values: Value[] = [];
    for (const graph of this.model.graphs()) {
      values.push(...graph.initializers);
      for (const node of graph.nodes())
        if (node.is('Constant') && node.outputs[0]) values.push(node.outputs[0]);
    }
    const constants = values.flatMap((value): readonly Constant[] => {
      const tensor = constantTensor(value);
      return tensor && value.useCount > 0 ? [{ value, tensor }] : [];
    });
    return this.choices.any(constants.filter(test));
  }

  /** Gives a constant other data. */
  setConstant({ value }: Constant, tensor: Tensor): void {
    const attribute: Attribute = { name: 'value', type: 'tensor', value: tensor };
    if (value.producer) this.editor.setAttribute(value.producer, attribute);
    else {
      this.editor.setTensor(value, tensor);
      this.editor.setType(value, tensorType(tensor.dtype, tensor.dims));
    }
  }

  /** Values between nodes: made by one and read by another. */
  interior(): Value | undefined {
    const made = this.nodes.flatMap((node) =>
      node.graph?.inFunction ? [] : node.outputs.filter((v) => v !== undefined && !node.is('Constant')),
    );
    const read = made.filter((v) => v !== undefined && v.useCount > 0 && !v.isGraphOutput);
    return this.choices.any(read);
  }

  /** A node behind another one. */
  after(producer: Node, opType: string, inputs: readonly (Value | undefined)[]): Value | undefined {
    const node = this.editor.createNode({ opType, inputs, outputs: [''] }, { after: producer });
    return node.outputs[0];
  }

  addOutput(graph: Graph, value: Value): void {
    this.editor.setOutputs(graph, [...graph.outputs, value]);
  }
}

/** A constant as people would say it. */
export function nameOf({ value }: Constant): string {
  return `constant ${value.name}`;
}
