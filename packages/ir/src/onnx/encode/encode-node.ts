import type { Node } from '../../graph/node.ts';
import type { NodeProto } from '../generated/messages.ts';
import { AttributeProto } from '../generated/messages.ts';
import { NodeOrigin } from '../origin.ts';
import { Rope } from '../wire/rope.ts';
import { type Encodable, writeMessage } from '../wire/write-message.ts';
import { encodeAttribute } from './encode-attribute.ts';
import type { EncodeContext } from './encode-context.ts';

/** A node with the names that its values have in the file. */
export function encodeNode(ctx: EncodeContext, node: Node): Encodable<NodeProto> {
  const read = node.origin instanceof NodeOrigin ? node.origin.message : undefined;
  const nameOf = (value: Node['inputs'][number]): string => (value ? ctx.nameOf(value) : '');
  return {
    input: node.inputs.map(nameOf),
    output: node.outputs.map(nameOf),
    name: spelled(node.name, read?.name),
    opType: node.opType,
    attribute: encodeAttributes(ctx, node),
    docString: read?.docString,
    domain:
      node.domain === '' && read?.domain === 'ai.onnx' ? read.domain : spelled(node.domain, read?.domain),
    overload: spelled(node.overload, read?.overload),
    metadataProps: read?.metadataProps,
    deviceConfigurations: read?.deviceConfigurations,
    unknown: read?.unknown,
  };
}

/** An empty text is written when it was written before, and otherwise left out. */
export function spelled(text: string, read: string | undefined): string | undefined {
  return text === '' && read !== '' ? undefined : text;
}

function encodeAttributes(ctx: EncodeContext, node: Node): Encodable<NodeProto>['attribute'] {
  if (node.attributes.size === 0) return undefined;
  const messages: Encodable<AttributeProto>[] = [];
  let nested = false;
  for (const attribute of node.attributes.values()) {
    const message = encodeAttribute(ctx, attribute);
    if (message.g instanceof Rope || message.graphs) nested = true;
    messages.push(message);
  }
  // Messages with graphs in encoded form are encoded themselves.
  if (nested) return messages.map(attributeRope);
  return messages as readonly AttributeProto[];
}

function attributeRope(message: Encodable<AttributeProto>): Rope {
  const rope = new Rope();
  writeMessage(rope, AttributeProto, message);
  return rope;
}
