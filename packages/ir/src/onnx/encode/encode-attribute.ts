import { InternalError } from '../../errors.ts';
import type { Attribute } from '../../graph/attribute.ts';
import { isValueType } from '../../types/value-type.ts';
import { attributeTypeCode, fieldOfType, isValuedType } from '../attribute-types.ts';
import type { AttributeProto } from '../generated/messages.ts';
import { AttributeOrigin } from '../origin.ts';
import type { Encodable } from '../wire/write-message.ts';
import type { EncodeContext } from './encode-context.ts';
import { encodeSparse, encodeTensor, nameInFile } from './encode-tensor.ts';
import { encodeType } from './encode-type.ts';

/** An attribute as it was read, if it still has that value, with what is attached to it encoded anew. */
export function encodeAttribute(ctx: EncodeContext, attribute: Attribute): Encodable<AttributeProto> {
  const { name, type } = attribute;
  const origin = attribute.origin;
  const read =
    origin instanceof AttributeOrigin && Object.is(origin.value, attribute.value)
      ? origin.message
      : undefined;
  const named = name === (read?.name ?? '') ? read?.name : name;
  if (type === 'reference') {
    const of = isValuedType(attribute.of) ? attribute.of : 'undefined';
    return {
      type: of === 'undefined' ? undefined : attributeTypeCode(of),
      ...read,
      name: named,
      refAttrName: attribute.value,
    };
  }
  if (type === 'undefined') return { ...read, name: named };
  const field = fieldOfType(type);
  // A type that was read says more in its message than in the IR.
  if (read && (type === 'type' || type === 'types')) return { ...read, name: named };
  const content = contentOf(ctx, attribute);
  if (!read) return { name, type: attributeTypeCode(type), [field]: content };
  return read[field] === undefined ? { ...read, name: named } : { ...read, name: named, [field]: content };
}

function contentOf(ctx: EncodeContext, attribute: Attribute): unknown {
  switch (attribute.type) {
    case 'tensor':
      return encodeTensor(ctx, attribute.value, nameInFile(attribute.value));
    case 'tensors':
      return attribute.value.map((t) => encodeTensor(ctx, t, nameInFile(t)));
    case 'sparse':
      return encodeSparse(ctx, attribute.value, nameInFile(attribute.value.values));
    case 'sparses':
      return attribute.value.map((s) => encodeSparse(ctx, s, nameInFile(s.values)));
    case 'graph':
      return ctx.nestedGraph(attribute.value);
    case 'graphs':
      return attribute.value.map((g) => ctx.nestedGraph(g));
    case 'type':
      return encodeStated(attribute.value);
    case 'types':
      return attribute.value.map(encodeStated);
    case 'reference':
    case 'undefined':
      throw new InternalError(`attribute ${attribute.name} has no value to write`);
    default:
      return attribute.value;
  }
}

/** The message of a type; a type that the IR does not know is its own message. */
function encodeStated(type: object): object {
  return isValueType(type) ? encodeType(type) : type;
}
