import {
  type Attribute,
  type DType,
  dtypeCode,
  dtypeOf,
  type Editor,
  type Graph,
  type Node,
  outputOf,
  shapeOf,
  type Tensor,
  tensorFloats,
  tensorOf,
  tensorType,
  type Value,
} from '@refold/ir';
import { nodesWithin } from '../../manager/walk.ts';
import { placeBehind } from '../layers/place-behind.ts';

/**
 * Makes a model that computes with float16 or bfloat16 one that computes with float32, of which codes are made; every
 * operator that takes the one takes the other. The signature stays: inputs are cast at once, outputs at last. Types
 * must have been inferred, and be inferred again. Answers false, and does nothing, where there is nothing of 16 bits, or
 * where some of it is in sequences, or goes through operators of other domains.
 */
export function widenHalves(editor: Editor): boolean {
  const { graph: main } = editor.model;
  const graphs = [...editor.model.graphs()].filter((graph) => !graph.inFunction);
  const nodes = [...nodesWithin(main)];
  const halves = graphs.flatMap((graph) => valuesOf(graph)).filter(isHalf);
  if (halves.length === 0 || !nodes.every(isPlain)) return false;
  const outputs = main.outputs.map((value) => dtypeOf(value));
  const inputs = new Set(main.inputs);
  for (const value of halves) {
    if (inputs.has(value)) castUses(editor, value);
    else if (value.tensor) widenConstant(editor, value, value.tensor);
    else editor.setType(value, tensorType('float32', shapeOf(value)));
  }
  for (const node of nodes) {
    for (const attribute of [...node.attributes.values()]) {
      const wide = widened(attribute);
      if (wide) editor.setAttribute(node, wide);
    }
  }
  outputs.forEach((dtype, index) => {
    const value = main.outputs[index];
    if (value && dtype && isHalfType(dtype) && !inputs.has(value)) castOutput(editor, main, index, dtype);
  });
  return true;
}

function valuesOf(graph: Graph): readonly Value[] {
  const made = [...graph.nodes()].flatMap((node) => node.outputs.filter((v) => v !== undefined));
  return [...new Set([...graph.inputs, ...graph.initializers, ...made])];
}

function isHalf(value: Value): boolean {
  return isHalfType(dtypeOf(value));
}

const halfTypes: readonly DType[] = ['float16', 'bfloat16'];

function isHalfType(dtype: DType | undefined): boolean {
  return dtype !== undefined && halfTypes.includes(dtype);
}

/** Whether a node takes float32 in place of halves, as far as it has to do with any. */
function isPlain(node: Node): boolean {
  const values = [...node.inputs, ...node.outputs].filter((v) => v !== undefined);
  if (!values.every((v) => v.type === undefined || v.type.kind === 'tensor')) return false;
  const isStandard = node.domain === '' && !node.graph?.model.functionOf(node);
  return isStandard || values.every((v) => v.type !== undefined && !isHalf(v));
}

/** An attribute that holds halves, or states the type of what a node makes, with float32 in its place. */
function widened(attribute: Attribute): Attribute | undefined {
  const { name, type, value } = attribute;
  if (type === 'tensor' && isHalfType(value.dtype)) return { name, type, value: wideTensor(value) };
  const isType = type === 'int' && typeNames.has(name);
  const isHalfCode = isType && halfTypes.some((half) => Number(value) === dtypeCode(half));
  return isHalfCode ? { name, type, value: dtypeCode('float32') } : undefined;
}

/** Attributes that state the type of a result. */
const typeNames: ReadonlySet<string> = new Set(['to', 'dtype', 'output_datatype']);

function wideTensor(tensor: Tensor): Tensor {
  return tensorOf('float32', tensor.dims, tensorFloats(tensor));
}

function widenConstant(editor: Editor, value: Value, tensor: Tensor): void {
  const { graph, name } = value;
  if (!graph) return;
  const wide = editor.addConstant(graph, wideTensor(tensor), name);
  editor.replaceAllUses(value, wide);
  editor.removeInitializer(value);
  editor.rename(wide, name);
}

/** Behind an input of the model; where it is an output as well, it stays one. */
function castUses(editor: Editor, value: Value): void {
  const uses = [...value.uses()].filter(({ node }) => node !== undefined);
  if (uses.length === 0) return;
  const wide = cast(editor, value, 'float32');
  for (const use of uses) editor.replaceUse(use, wide);
}

/** Outputs of the model keep name and type. */
function castOutput(editor: Editor, graph: Graph, index: number, dtype: DType): void {
  const value = graph.outputs[index];
  if (!value) return;
  const { name } = value;
  const narrow = cast(editor, value, dtype);
  editor.setOutput(graph, index, narrow);
  editor.rename(value, editor.freshName(`${name}_float32`));
  editor.rename(narrow, name);
}

function cast(editor: Editor, value: Value, dtype: DType): Value {
  const node = editor.createNode(
    {
      opType: 'Cast',
      inputs: [value],
      outputs: [editor.freshName(`${value.name}_${dtype}`)],
      types: [tensorType(dtype, shapeOf(value))],
      attributes: [{ name: 'to', type: 'int', value: dtypeCode(dtype) }],
    },
    placeBehind(value),
  );
  return outputOf(node);
}
