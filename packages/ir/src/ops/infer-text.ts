import { Editor } from '../edit/editor.ts';
import type { Value } from '../graph/value.ts';
import { inferModel } from '../infer/infer.ts';
import { parseModel } from '../text/parse.ts';
import { printDim } from '../types/dim.ts';
import { printShape } from '../types/shape.ts';

/** What inference says of the values of a graph. For tests. */
export interface Inferred {
  /** Such as `float32[N, 3]`; `float32[...]` when the rank is not known, `?` when nothing is. */
  type(name: string): string;
  /** Shape data such as `[N, 3]`; undefined when there is none. */
  contents(name: string): string | undefined;
  value(name: string): Value;
  /** What was found wrong, a message a node. */
  readonly errors: readonly string[];
}

/** Infers a graph in ONNX's textual syntax, such as `(float[N] x) => () { y = Neg (x) }`. For tests. */
export function inferText(graph: string, opset = 21): Inferred {
  const model = parseModel(`<ir_version: 10, opset_import: ["" : ${opset}]> g ${graph}`);
  const errors: string[] = [];
  inferModel(new Editor(model), (error) => errors.push(error.message));
  const values = new Map<string, Value>();
  for (const node of model.graph.nodes()) {
    for (const output of node.outputs) if (output) values.set(output.name, output);
  }
  const value = (name: string): Value => {
    const found = values.get(name);
    if (found === undefined) throw new Error(`no node makes ${name}`);
    return found;
  };
  return {
    type: (name) => printed(value(name).type),
    contents(name) {
      const contents = value(name).contents;
      return contents && `[${contents.map(printDim).join(', ')}]`;
    },
    value,
    errors,
  };
}

function printed(type: Value['type']): string {
  return type?.kind === 'tensor' ? `${type.dtype}${printShape(type.shape)}` : (type?.kind ?? '?');
}
