import type { FunctionDef } from '../../graph/function.ts';
import { FunctionProto } from '../generated/messages.ts';
import { FunctionOrigin } from '../origin.ts';
import { Rope } from '../wire/rope.ts';
import { writeItem, writeMessage } from '../wire/write-message.ts';
import { encodeAttribute } from './encode-attribute.ts';
import type { EncodeContext } from './encode-context.ts';
import { encodeNode, spelled } from './encode-node.ts';
import { encodeOpsets } from './encode-opsets.ts';
import { encodeValueInfo } from './encode-value-info.ts';

/** A model-local function. */
export function encodeFunction(ctx: EncodeContext, fn: FunctionDef): Rope {
  const origin = fn.origin instanceof FunctionOrigin ? fn.origin : undefined;
  const read = origin?.message;
  const rope = new Rope();
  for (const node of fn.body.nodes()) writeItem(rope, FunctionProto, 'node', encodeNode(ctx, node));
  for (const attribute of fn.defaults.values()) {
    writeItem(rope, FunctionProto, 'attributeProto', encodeAttribute(ctx, attribute));
  }
  writeMessage(rope, FunctionProto, {
    ...read,
    name: fn.name,
    domain: fn.domain === '' && read?.domain === 'ai.onnx' ? read.domain : spelled(fn.domain, read?.domain),
    overload: spelled(fn.overload, read?.overload),
    input: fn.body.inputs.map(ctx.nameOf),
    output: fn.body.outputs.map(ctx.nameOf),
    attribute: fn.attributes,
    opsetImport: encodeOpsets(fn.opsets, read?.opsetImport),
    valueInfo: encodeValueInfo(ctx, fn.body, origin?.valueInfo ?? []),
  });
  return rope;
}
