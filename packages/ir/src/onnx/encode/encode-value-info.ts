import type { Graph } from '../../graph/graph.ts';
import type { Value } from '../../graph/value.ts';
import { sameType } from '../../infer/refine.ts';
import { dtypeCode } from '../../types/dtype.ts';
import type { ValueInfoProto } from '../generated/messages.ts';
import { ValueOrigin } from '../origin.ts';
import { contradicts } from './compare-types.ts';
import type { EncodeContext } from './encode-context.ts';
import { encodeType } from './encode-type.ts';

/** Inputs with what the file said about them, unless somebody has given an input another type since. */
export function encodeInputs(ctx: EncodeContext, graph: Graph): readonly ValueInfoProto[] {
  return graph.inputs.map((input) => {
    const read = readOf(input);
    const { type, declared } = input;
    if (read && (!type || input.tensor || sameType(type, declared))) return named(read, ctx.nameOf(input));
    const written = type ?? declared;
    return { ...read, name: ctx.nameOf(input), type: written && encodeType(written) };
  });
}

/** Outputs with what the file said about the outputs of these names, unless they hold other elements by now. */
export function encodeOutputs(
  ctx: EncodeContext,
  graph: Graph,
  entries: readonly ValueOrigin[],
): readonly ValueInfoProto[] {
  const byName = new Map<string, ValueInfoProto>();
  const byValue = new Map<Value, ValueInfoProto>();
  for (const { message, value } of entries) {
    byName.set(message.name ?? '', message);
    if (value) byValue.set(value, message);
  }
  return graph.outputs.map((output, i) => {
    const name = ctx.nameOf(output);
    const same = entries[i]?.message;
    const read = same?.name === name ? same : (byName.get(name) ?? byValue.get(output));
    if (read && !hasOtherElements(output, read)) return named(read, name);
    const type = output.type ?? output.declared;
    return { ...read, name, type: type && encodeType(type) };
  });
}

function hasOtherElements({ type }: Value, read: ValueInfoProto): boolean {
  const stated = read.type?.tensorType?.elemType;
  return type?.kind === 'tensor' && stated !== undefined && stated !== dtypeCode(type.dtype);
}

/**
 * The list `value_info`: the entries of the file, in its order, whose values are still there, then entries
 * of values that came from other graphs.
 */
export function encodeValueInfo(
  ctx: EncodeContext,
  graph: Graph,
  entries: readonly ValueOrigin[],
): readonly ValueInfoProto[] {
  const written: ValueInfoProto[] = [];
  const outputs = new Set(graph.outputs);
  let taken: Set<string> | undefined;
  for (const { message, value } of entries) {
    if (value === undefined) {
      // It stood for no value of the graph; it may stay as long as no value takes the name.
      taken ??= namesOf(ctx, graph);
      if (!taken.has(message.name ?? '')) written.push(message);
      continue;
    }
    const renamed = ctx.nameOf(value) !== (message.name ?? '');
    if (value.graph !== graph || (renamed && outputs.has(value))) continue;
    const entry = entryOf(ctx, value, message);
    if (entry) written.push(entry);
  }
  for (let node = graph.firstNode; node; node = node.next) {
    for (const value of node.outputs) {
      if (!(value?.origin instanceof ValueOrigin) || value.origin.graph === graph || outputs.has(value))
        continue;
      const entry = entryOf(ctx, value, value.origin.message);
      if (entry) written.push(entry);
    }
  }
  return written;
}

/** The entry of a value; where inference knows better, its type is written, if it has any. */
function entryOf(ctx: EncodeContext, value: Value, read: ValueInfoProto): ValueInfoProto | undefined {
  if (!contradicts(value.type, value.declared)) return named(read, ctx.nameOf(value));
  return value.type && { ...read, name: ctx.nameOf(value), type: encodeType(value.type) };
}

function readOf(value: Value): ValueInfoProto | undefined {
  return value.origin instanceof ValueOrigin ? value.origin.message : undefined;
}

function named(read: ValueInfoProto, name: string): ValueInfoProto {
  return (read.name ?? '') === name ? read : { ...read, name };
}

function namesOf(ctx: EncodeContext, graph: Graph): Set<string> {
  const names = new Set<string>();
  for (const value of graph.inputs) names.add(ctx.nameOf(value));
  for (const value of graph.initializers) names.add(ctx.nameOf(value));
  for (const node of graph.nodes()) for (const value of node.outputs) if (value) names.add(ctx.nameOf(value));
  return names;
}
