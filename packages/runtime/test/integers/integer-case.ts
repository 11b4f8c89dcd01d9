import {
  type Attribute,
  type DType,
  Editor,
  inferModel,
  type Model,
  type Node,
  newModel,
  tensorType,
} from '@refold/ir';
import { type NdArray, type NdValue, tensorFromNd } from '@refold/runtime';

/** An operand: fed when the model runs, or a constant of it. */
export interface Operand {
  readonly array: NdArray;
  readonly fed: boolean;
}

/** One node on codes, and what it reads. */
export interface IntegerCase {
  readonly op: string;
  /** Standard domain when absent. */
  readonly domain?: string;
  readonly operands: readonly (Operand | undefined)[];
  readonly attributes?: readonly Attribute[];
  /** Number of outputs; 1 when absent. */
  readonly outputs?: number;
}

export interface BuiltCase {
  readonly model: Model;
  readonly feeds: ReadonlyMap<string, NdValue>;
  readonly node: Node;
}

const OPSETS: ReadonlyMap<string, number> = new Map([
  ['', 21],
  ['com.microsoft', 1],
]);

/** A model of the node alone; a new one with each call. */
export function build({ op, domain, operands, attributes = [], outputs = 1 }: IntegerCase): BuiltCase {
  const model = newModel(OPSETS);
  const editor = new Editor(model);
  const { graph } = model;
  const feeds = new Map<string, NdValue>();
  const inputs = operands.map((operand, i) => {
    if (!operand) return undefined;
    const { array, fed } = operand;
    if (!fed) return editor.addConstant(graph, tensorFromNd(array), `c${i}`);
    const type = tensorType(array.dtype, array.dims);
    feeds.set(`x${i}`, array);
    return editor.addInput(graph, { name: `x${i}`, type, declared: type });
  });
  const names = Array.from({ length: outputs }, (_, i) => `y${i}`);
  const node = editor.createNode({ opType: op, domain, inputs, outputs: names, attributes }, { end: graph });
  editor.setOutputs(
    graph,
    node.outputs.filter((v) => v !== undefined),
  );
  inferModel(editor);
  return { model, feeds, node };
}

/** The least and the largest code of a type. */
export function codeBounds(dtype: DType): readonly [number, number] {
  const bits = Number(/\d+$/.exec(dtype)?.[0] ?? 8);
  return dtype.startsWith('u') ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}
