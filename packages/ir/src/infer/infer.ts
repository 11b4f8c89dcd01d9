import type { Editor } from '../edit/editor.ts';
import { ModelError } from '../errors.ts';
import type { FunctionDef } from '../graph/function.ts';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { attributesOfCall } from '../ops/call-attributes.ts';
import { type CallAttributes, UnknownAttribute } from '../ops/context.ts';
import type { Operator } from '../ops/operator.ts';
import { MAX_CONTENTS } from '../ops/sizes.ts';
import { operatorOf } from '../ops/table.ts';
import { type Dim, freshDim } from '../types/dim.ts';
import { isInteger } from '../types/dtype.ts';
import { staticShape } from '../types/shape.ts';
import { tensorType, type ValueType } from '../types/value-type.ts';
import { constantTensor } from './constant.ts';
import { contentsOfTensor, staticContext } from './facts.ts';
import { type Call, type CallInput, CallTypes } from './infer-call.ts';
import { refineDims, refineType, sameType } from './refine.ts';

/** Told of a node whose operands cannot be right; inference goes on without types for its outputs. */
export type OnInvalid = (error: ModelError, node: Node) => void;

/** What one walk of inference carries along. */
interface Walk {
  readonly editor: Editor;
  readonly onInvalid: OnInvalid | undefined;
  readonly calls: CallTypes;
  /** Attributes of the call whose function body is walked. */
  readonly attributes?: CallAttributes;
}

function walkOf(editor: Editor, onInvalid: OnInvalid | undefined): Walk {
  return { editor, onInvalid, calls: new CallTypes() };
}

/**
 * Infers types and shape data of a whole model: the main graph, and function bodies as far as they go without
 * knowing the call. Linear in the nodes.
 */
export function inferModel(editor: Editor, onInvalid?: OnInvalid): void {
  const walk = walkOf(editor, onInvalid);
  walkGraph(walk, editor.model.graph);
  // What a call has taught about a body holds for that call only, so bodies come last and start anew.
  for (const fn of editor.model.functions.values()) walkGraph(walk, fn.body);
}

/** Infers the nodes of one graph, in order, nested graphs included. Types are only ever refined. */
export function inferGraph(editor: Editor, graph: Graph, onInvalid?: OnInvalid): void {
  walkGraph(walkOf(editor, onInvalid), graph);
}

/** Infers the outputs of one node, with its nested graphs. Returns whether anything new was learnt. */
export function inferNode(editor: Editor, node: Node, onInvalid?: OnInvalid): boolean {
  return walkNode(walkOf(editor, onInvalid), node);
}

/**
 * Why the operands of a node cannot be right, as far as can be told without looking into nested graphs or
 * functions; undefined when nothing speaks against them. Changes nothing.
 */
export function objectionTo(node: Node): ModelError | undefined {
  if (node.graphs.length > 0 || node.graph?.model.functionOf(node)) return undefined;
  const operator = operatorOf(node.domain, node.opType);
  if (!operator) return undefined;
  try {
    const ctx = staticContext(node);
    operator.infer(ctx, operator.view(ctx));
    return undefined;
  } catch (error) {
    if (error instanceof UnknownAttribute) return undefined;
    if (error instanceof ModelError) return error;
    throw error;
  }
}

function walkGraph(walk: Walk, graph: Graph): void {
  for (let node = graph.firstNode; node; node = node.next) walkNode(walk, node);
}

function walkNode(walk: Walk, node: Node): boolean {
  const { editor, onInvalid } = walk;
  if (areSettled(node.outputs) && node.graphs.length === 0) return false;
  const fn = editor.model.functionOf(node);
  const operator = fn ? undefined : operatorOf(node.domain, node.opType);
  try {
    if (fn) return adopt(editor, node, inferCall(walk, node, fn));
    if (operator) return inferKnown(walk, node, operator);
    for (const graph of node.graphs) walkGraph(walk, graph);
    return adopt(editor, node, []);
  } catch (error) {
    if (error instanceof UnknownAttribute) return false;
    if (!(error instanceof ModelError)) throw error;
    onInvalid?.(error, node);
    return false;
  }
}

function inferCall(walk: Walk, node: Node, fn: FunctionDef): readonly (ValueType | undefined)[] {
  const inputs = fn.body.inputs.map((_, i) => {
    const given = node.inputs[i];
    return { type: given && typeOfValue(given), contents: given && contentsOf(given) };
  });
  const call = { inputs, attributes: attributesOfCall(fn, node, walk.attributes) };
  return walk.calls.of(fn, call, () => inferBody(walk, fn, call));
}

/** Infers the body of a function for one call, and forgets what was true of that call only. */
function inferBody(walk: Walk, fn: FunctionDef, call: Call): readonly (ValueType | undefined)[] {
  const { editor } = walk;
  const bind = (known: readonly CallInput[]): void => {
    forget(editor, fn.body);
    fn.body.inputs.forEach((value, i) => {
      editor.setType(value, known[i]?.type);
      editor.setContents(value, known[i]?.contents);
    });
  };
  bind(call.inputs);
  // Whatever is wrong with a body is reported when the body is inferred for its own sake.
  walkGraph({ ...walk, onInvalid: undefined, attributes: call.attributes }, fn.body);
  const types = fn.body.outputs.map(typeOfValue);
  bind([]);
  return types;
}

function inferKnown(walk: Walk, node: Node, operator: Operator): boolean {
  const { editor } = walk;
  const ctx = staticContext(node, (graph, inputs) => inferNested(walk, graph, inputs), walk.attributes);
  const view = operator.view(ctx);
  const learnt = adopt(editor, node, operator.infer(ctx, view));
  return adoptContents(editor, node, (i) => operator.contents?.(ctx, view, i)) || learnt;
}

/** Refines the shape data of those outputs that may hold sizes. */
function adoptContents(
  editor: Editor,
  node: Node,
  contentsOf: (output: number) => readonly Dim[] | undefined,
): boolean {
  let learnt = false;
  for (let i = 0; i < node.outputs.length; i += 1) {
    const output = node.outputs[i];
    if (!output || !mayHoldSizes(output)) continue;
    const contents = contentsOf(i);
    if (!contents || contents.length > MAX_CONTENTS) continue;
    const better = output.contents ? refineDims(output.contents, contents) : contents;
    if (better === output.contents) continue;
    editor.setContents(output, better);
    learnt = true;
  }
  return learnt;
}

/**
 * Refines the types of the outputs. Where nothing is known at all, the kind, element type and rank that the
 * file states are taken; the sizes that it states may be those of one run of the exporter.
 */
function adopt(editor: Editor, node: Node, types: readonly (ValueType | undefined)[]): boolean {
  let learnt = false;
  for (let i = 0; i < node.outputs.length; i += 1) {
    const output = node.outputs[i];
    if (!output) continue;
    const type = refineType(output.type, types[i]) ?? statedType(output);
    if (type === output.type) continue;
    editor.setType(output, type);
    learnt = true;
  }
  return learnt;
}

function statedType(value: Value): ValueType | undefined {
  const type = value.declared;
  if (type?.kind !== 'tensor' || !type.shape) return type;
  return tensorType(type.dtype, type.shape.map(freshDim));
}

function areSettled(values: readonly (Value | undefined)[]): boolean {
  for (const value of values) if (value && !isSettled(value)) return false;
  return true;
}

/** Whether nothing more can be learnt of a value. */
function isSettled(value: Value): boolean {
  const type = value.type;
  if (type?.kind !== 'tensor' || !staticShape(type.shape)) return false;
  return !mayHoldSizes(value) || (value.contents?.every((d) => typeof d === 'number') ?? false);
}

function mayHoldSizes(value: Value): boolean {
  const type = value.type;
  if (type?.kind !== 'tensor' || (!isInteger(type.dtype) && type.dtype !== 'bool')) return false;
  if (!type.shape || type.shape.length > 1) return false;
  const length = type.shape[0] ?? 1;
  return typeof length !== 'number' || length <= MAX_CONTENTS;
}

/**
 * Infers a nested graph for inputs of given types. What was known inside is forgotten first when the inputs
 * have changed: in a loop the first guess may have been too narrow.
 */
function inferNested(
  walk: Walk,
  graph: Graph,
  inputs: readonly (ValueType | undefined)[],
): readonly (ValueType | undefined)[] {
  const { editor } = walk;
  let changed = false;
  graph.inputs.forEach((value, i) => {
    const type = inputs[i];
    if (sameType(value.type, type)) return;
    if (value.type !== undefined) changed = true;
    editor.setType(value, type);
  });
  if (changed) forget(editor, graph);
  walkGraph(walk, graph);
  return graph.outputs.map(typeOfValue);
}

function typeOfValue(value: Value): ValueType | undefined {
  if (value.type) return value.type;
  const tensor = constantTensor(value);
  return tensor && tensorType(tensor.dtype, tensor.dims);
}

/** Forgets what inference has said of the values of a graph and of those nested in it, inputs of the graph apart. */
export function forget(editor: Editor, graph: Graph): void {
  const stack: Graph[] = [graph];
  for (let inner = stack.pop(); inner; inner = stack.pop()) {
    for (const node of inner.nodes()) {
      for (const output of node.outputs) {
        if (!output) continue;
        editor.setType(output, undefined);
        editor.setContents(output, undefined);
      }
      for (const nested of node.graphs) {
        for (const input of nested.inputs) editor.setType(input, undefined);
        stack.push(nested);
      }
    }
  }
}

/** Symbolic contents of a value: shape data, or the elements of a short constant. */
export function contentsOf(value: Value): Value['contents'] {
  if (value.contents) return value.contents;
  const tensor = constantTensor(value);
  return tensor && contentsOfTensor(tensor);
}
