import type { Where } from '../../errors.ts';
import type { Attribute } from '../../graph/attribute.ts';
import { attributeTypeFromCode, fieldOfType, type ValuedType, valuedTypes } from '../attribute-types.ts';
import type { AttributeProto, TypeProto } from '../generated/messages.ts';
import { AttributeOrigin } from '../origin.ts';
import { shown } from '../shown.ts';
import { type DecodeContext, invalid } from './decode-context.ts';
import { decodeSparse } from './decode-sparse.ts';
import { decodeTensor } from './decode-tensor.ts';
import { decodeType } from './decode-type.ts';
import type { Scope } from './scope.ts';

/** An attribute of a node that stands in `scope`. */
export function decodeAttribute(
  ctx: DecodeContext,
  message: AttributeProto,
  scope: Scope | undefined,
  where: () => Where,
): Attribute {
  const name = message.name ?? '';
  if (message.refAttrName) {
    const of = attributeTypeFromCode(message.type ?? 0) ?? 'undefined';
    const origin = new AttributeOrigin(message, message.refAttrName);
    return { name, type: 'reference', value: message.refAttrName, of, origin };
  }
  const type = typeOf(ctx, message, where);
  if (type === undefined) {
    return { name, type: 'undefined', value: undefined, origin: new AttributeOrigin(message, undefined) };
  }
  const attribute = withValue(ctx, message, name, type, scope, where);
  if (isPlain(message, type)) return attribute;
  return { ...attribute, origin: new AttributeOrigin(message, attribute.value) };
}

/** The declared type; where none is declared, as before IR 3, that of the only value. */
function typeOf(ctx: DecodeContext, message: AttributeProto, where: () => Where): ValuedType | undefined {
  if (message.type !== undefined && message.type !== 0) {
    const type = attributeTypeFromCode(message.type);
    if (type !== undefined && message[fieldOfType(type)] !== undefined) return type;
    const named = `attribute ${shown(message.name)}`;
    if (type === undefined) {
      throw invalid(ctx, where(), `${named} has type ${message.type}, which ONNX does not define`);
    }
    const [other] = presentTypes(message);
    if (other === undefined) return type;
    throw invalid(ctx, where(), `${named} is said to be of type ${type}, but holds a value of type ${other}`);
  }
  const present = presentTypes(message);
  if (present.length > 1) {
    throw invalid(ctx, where(), `attribute ${shown(message.name)} has more than one value and no type`);
  }
  return present[0];
}

function presentTypes(message: AttributeProto): readonly ValuedType[] {
  return valuedTypes.filter((type) => message[fieldOfType(type)] !== undefined);
}

function withValue(
  ctx: DecodeContext,
  message: AttributeProto,
  name: string,
  type: ValuedType,
  scope: Scope | undefined,
  where: () => Where,
): Attribute {
  switch (type) {
    case 'float':
      return { name, type, value: message.f ?? 0 };
    case 'int':
      return { name, type, value: message.i ?? 0 };
    case 'string':
      return { name, type, value: message.s ?? '' };
    case 'floats':
      return { name, type, value: message.floats ?? [] };
    case 'ints':
      return { name, type, value: message.ints ?? [] };
    case 'strings':
      return { name, type, value: message.strings ?? [] };
    case 'tensor':
      return { name, type, value: decodeTensor(ctx, needed(ctx, message.t, message, where), where) };
    case 'tensors':
      return { name, type, value: (message.tensors ?? []).map((t) => decodeTensor(ctx, t, where)) };
    case 'sparse':
      return {
        name,
        type,
        value: decodeSparse(ctx, needed(ctx, message.sparseTensor, message, where), where),
      };
    case 'sparses':
      return { name, type, value: (message.sparseTensors ?? []).map((t) => decodeSparse(ctx, t, where)) };
    case 'graph':
      return { name, type, value: ctx.nestedGraph(needed(ctx, message.g, message, where), scope, where) };
    case 'graphs':
      return { name, type, value: (message.graphs ?? []).map((g) => ctx.nestedGraph(g, scope, where)) };
    case 'type':
      return { name, type, value: statedType(ctx, needed(ctx, message.tp, message, where)) };
    case 'types':
      return { name, type, value: (message.typeProtos ?? []).map((t) => statedType(ctx, t)) };
  }
}

function needed<T>(ctx: DecodeContext, value: T | undefined, message: AttributeProto, where: () => Where): T {
  if (value === undefined) throw invalid(ctx, where(), `attribute ${shown(message.name)} has no value`);
  return value;
}

/** A type of the IR; the message itself where the IR has no such type. */
function statedType(ctx: DecodeContext, type: TypeProto): object {
  return decodeType(ctx, type) ?? type;
}

/** Whether name, type and value say all that the message says. */
function isPlain(message: AttributeProto, type: ValuedType): boolean {
  if (!message.type || message.name === undefined || message.docString !== undefined || message.unknown)
    return false;
  if (message.refAttrName !== undefined) return false;
  // The types of the IR do not say all that the messages say.
  if (type === 'type' || type === 'types') return false;
  const count = valueCount(message);
  return count === 1 || (count === 0 && type.endsWith('s'));
}

/** Number of values that a message holds. Spelled out, since it is asked of every attribute of every node. */
function valueCount(m: AttributeProto): number {
  let count = 0;
  if (m.f !== undefined) count += 1;
  if (m.i !== undefined) count += 1;
  if (m.s !== undefined) count += 1;
  if (m.t !== undefined) count += 1;
  if (m.g !== undefined) count += 1;
  if (m.floats !== undefined) count += 1;
  if (m.ints !== undefined) count += 1;
  if (m.strings !== undefined) count += 1;
  if (m.tensors !== undefined) count += 1;
  if (m.graphs !== undefined) count += 1;
  if (m.tp !== undefined) count += 1;
  if (m.typeProtos !== undefined) count += 1;
  if (m.sparseTensor !== undefined) count += 1;
  if (m.sparseTensors !== undefined) count += 1;
  return count;
}
