import { type Attribute, type Editor, type Node, outputOf, tensorOf, type Value } from '@refold/ir';

/** Nodes before another one, with values of its type. */
export class Line {
  private readonly editor: Editor;
  private readonly at: Node;

  constructor(editor: Editor, at: Node) {
    this.editor = editor;
    this.at = at;
  }

  node(opType: string, inputs: readonly Value[], attributes: readonly Attribute[] = []): Value {
    const { type, name } = outputOf(this.at);
    const outputs = [this.editor.freshName(`${name}_${opType}`)];
    const spec = { opType, inputs, outputs, types: [type], attributes };
    return outputOf(this.editor.createNode(spec, { before: this.at }));
  }

  scalar(number: number): Value {
    const graph = this.at.graph ?? this.editor.model.graph;
    return this.editor.addConstant(graph, tensorOf('float32', [], [number]));
  }
}
