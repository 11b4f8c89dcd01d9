import type { Graph } from '../../graph/graph.ts';
import type { Value } from '../../graph/value.ts';
import type { Tensor } from '../../types/tensor.ts';
import {
  type AttributeProto,
  GraphProto,
  type NodeProto,
  type TensorAnnotation,
} from '../generated/messages.ts';
import { type Annotation, GraphOrigin } from '../origin.ts';
import { Rope } from '../wire/rope.ts';
import { writeItem, writeMessage } from '../wire/write-message.ts';
import type { EncodeContext } from './encode-context.ts';
import { encodeNode, spelled } from './encode-node.ts';
import { encodeSparse, encodeTensor } from './encode-tensor.ts';
import { encodeInputs, encodeOutputs, encodeValueInfo } from './encode-value-info.ts';

/** A graph; its nodes are written one by one, its weights are only referred to. */
export function encodeGraph(ctx: EncodeContext, graph: Graph): Rope {
  const origin = graph.origin instanceof GraphOrigin ? graph.origin : undefined;
  const rope = new Rope();
  const { stored, inNodes } = dividedConstants(ctx, graph, origin);
  for (const [value, tensor] of inNodes)
    writeItem(rope, GraphProto, 'node', constantNode(ctx, value, tensor));
  for (const node of graph.nodes()) writeItem(rope, GraphProto, 'node', encodeNode(ctx, node));
  writeMessage(rope, GraphProto, {
    ...origin?.message,
    name: spelled(graph.name, origin?.message.name),
    initializer: stored.map(([value, tensor]) => encodeTensor(ctx, tensor, ctx.nameOf(value))),
    sparseInitializer: sparseValues(graph, origin).flatMap((value) =>
      value.sparse ? [encodeSparse(ctx, value.sparse, ctx.nameOf(value))] : [],
    ),
    input: encodeInputs(ctx, graph),
    output: encodeOutputs(ctx, graph, origin?.outputs ?? []),
    valueInfo: encodeValueInfo(ctx, graph, origin?.valueInfo ?? []),
    quantizationAnnotation: (origin?.annotations ?? []).flatMap((a) => encodeAnnotation(ctx, graph, a) ?? []),
  });
  return rope;
}

type Constant = readonly [Value, Tensor];

/**
 * Initializers in the order of the file, new ones behind. Before IR 4 an initializer must be an input as
 * well, so new ones become `Constant` nodes there, and the inputs stay as they are.
 */
function dividedConstants(
  ctx: EncodeContext,
  graph: Graph,
  origin: GraphOrigin | undefined,
): { readonly stored: readonly Constant[]; readonly inNodes: readonly Constant[] } {
  const stored: Constant[] = [];
  const inNodes: Constant[] = [];
  const listed = new Set(origin?.initializers);
  for (const value of listed) if (value.graph === graph && value.tensor) stored.push([value, value.tensor]);
  for (const value of [...graph.initializers, ...graph.inputs]) {
    if (!value.tensor || listed.has(value)) continue;
    const list = ctx.irVersion < 4 && !value.isInput ? inNodes : stored;
    list.push([value, value.tensor]);
  }
  return { stored, inNodes };
}

function constantNode(ctx: EncodeContext, value: Value, tensor: Tensor): NodeProto {
  const attribute: AttributeProto = { name: 'value', type: 4, t: encodeTensor(ctx, tensor, undefined) };
  return { output: [ctx.nameOf(value)], opType: 'Constant', attribute: [attribute] };
}

function sparseValues(graph: Graph, origin: GraphOrigin | undefined): readonly Value[] {
  const listed = new Set(origin?.sparseInitializers);
  const values = [...listed].filter((value) => value.graph === graph && value.sparse);
  for (const value of [...graph.initializers, ...graph.inputs]) {
    if (value.sparse && !listed.has(value)) values.push(value);
  }
  return values;
}

/** An annotation follows the names of its values, and goes when one of them has gone. */
function encodeAnnotation(
  ctx: EncodeContext,
  graph: Graph,
  annotation: Annotation,
): TensorAnnotation | undefined {
  const { message, value, parameters } = annotation;
  if (value === undefined) return message;
  if (value.graph !== graph || parameters.some((p) => p && !p.graph)) return undefined;
  return {
    ...message,
    tensorName: ctx.nameOf(value),
    quantParameterTensorNames: message.quantParameterTensorNames?.map((entry, i) => {
      const parameter = parameters[i];
      return parameter ? { ...entry, value: ctx.nameOf(parameter) } : entry;
    }),
  };
}
