import type { Where } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Value } from '../../graph/value.ts';
import type { ValueType } from '../../types/value-type.ts';
import type { NodeProto } from '../generated/messages.ts';
import { NodeOrigin, ValueOrigin } from '../origin.ts';
import { shown } from '../shown.ts';
import { decodeAttribute } from './decode-attribute.ts';
import { type DecodeContext, invalid } from './decode-context.ts';
import { decodeType } from './decode-type.ts';
import type { Scope } from './scope.ts';

/** Where a node stands, for messages. */
export function whereOf(graph: string, message: NodeProto): Where {
  const { name, domain = '', opType = '' } = message;
  const op = domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;
  return { graph, node: name || message.output?.find((o) => o !== ''), op };
}

/** Words for a node in a sentence. */
export function nodeWords(message: NodeProto): string {
  const name = message.name || message.output?.find((o) => o !== '');
  return `node ${shown(name)} (${shown(message.opType)})`;
}

/**
 * Makes a node at the end of `graph` and names its results in `scope`. Does nothing, and says false, when an
 * operand is not defined (yet).
 */
export function decodeNode(
  ctx: DecodeContext,
  graph: Graph,
  message: NodeProto,
  scope: Scope,
  entries: ReadonlyMap<string, ValueOrigin>,
): boolean {
  const inputs = operandsOf(message, scope);
  if (!inputs) return false;
  if (!message.opType)
    throw invalid(ctx, whereOf(graph.name, message), `${nodeWords(message)} has no operator`);
  const outputs = message.output ?? [];
  let declared: (ValueType | undefined)[] | undefined;
  let outputOrigins: (ValueOrigin | undefined)[] | undefined;
  if (entries.size > 0) {
    outputOrigins = outputs.map((name) => entries.get(name));
    declared = outputOrigins.map((entry) => decodeType(ctx, entry?.message.type));
  }
  const attributes = message.attribute?.map((a) =>
    decodeAttribute(ctx, a, scope, () => whereOf(graph.name, message)),
  );
  const node = ctx.editor.createNode(
    {
      opType: message.opType,
      domain: message.domain,
      overload: message.overload,
      name: message.name,
      inputs,
      outputs: outputs.map((name) => (name === '' ? undefined : name)),
      attributes,
      origin: originOf(message),
      declared,
      outputOrigins,
    },
    { end: graph },
  );
  if (attributes && node.attributes.size < attributes.length) {
    throw invalid(ctx, whereOf(graph.name, message), `${nodeWords(message)} has an attribute twice`);
  }
  for (const output of node.outputs) {
    if (!output) continue;
    if (output.origin instanceof ValueOrigin) output.origin.value = output;
    if (scope.define(output.name, output)) continue;
    const where = { ...whereOf(graph.name, message), value: output.name };
    throw invalid(
      ctx,
      where,
      `${nodeWords(message)} defines ${shown(output.name)}, which is defined already`,
    );
  }
  return true;
}

function operandsOf(message: NodeProto, scope: Scope): readonly (Value | undefined)[] | undefined {
  const names = message.input ?? [];
  const operands = new Array<Value | undefined>(names.length);
  for (let i = 0; i < names.length; i += 1) {
    const name = names[i] as string;
    const value = name === '' ? undefined : scope.find(name);
    if (value === undefined && name !== '') return undefined;
    operands[i] = value;
  }
  return operands;
}

/** What the node itself will not say: extras, and how its empty or default names were spelled. */
function originOf(message: NodeProto): NodeOrigin | undefined {
  const { docString, metadataProps, deviceConfigurations, unknown } = message;
  const extras = docString !== undefined || metadataProps || deviceConfigurations || unknown;
  const spelled =
    message.name === '' || message.domain === '' || message.domain === 'ai.onnx' || message.overload === '';
  if (!extras && !spelled) return undefined;
  return new NodeOrigin({ ...message, input: undefined, output: undefined, attribute: undefined });
}
