import { type Attribute, type AttributeType, Graph, type Int, type OperatorSchema, Tensor } from '@refold/ir';
import { Refusal } from './verdict.ts';

/** Attributes for a new node, as plain values; undefined ones are left out. */
export type Params = Readonly<Record<string, AttributeValue | undefined>>;

/** A plain value, whose type the schema tells, or an attribute of another node, which is copied. */
export type AttributeValue =
  | number
  | bigint
  | string
  | boolean
  | Tensor
  | Graph
  | readonly Int[]
  | readonly string[]
  | Attribute;

/** Attributes of the types that the schema gives them. Refuses those that this version of the operator lacks. */
export function attributesFor(schema: OperatorSchema | undefined, op: string, params: Params): Attribute[] {
  const out: Attribute[] = [];
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    const formal = schema?.attributes.get(name);
    if (schema && !formal) throw new Refusal('attribute-not-in-opset', `${op}.${name}`);
    const attribute = isAttribute(value) ? { ...value, name } : typed(name, value, formal?.type);
    if (!attribute || (formal && attribute.type !== formal.type && attribute.type !== 'reference')) {
      throw new Refusal('attribute-type', `${op}.${name}`);
    }
    out.push(attribute);
  }
  for (const formal of schema?.attributes.values() ?? []) {
    if (formal.required && params[formal.name] === undefined) {
      throw new Refusal('attribute-missing', `${op}.${formal.name}`);
    }
  }
  return out;
}

function isAttribute(value: AttributeValue): value is Attribute {
  return typeof value === 'object' && 'type' in value && 'value' in value;
}

/** An attribute of a given type; of the plainest type that fits when none is given. */
function typed(
  name: string,
  value: Exclude<AttributeValue, Attribute>,
  type: AttributeType | undefined,
): Attribute | undefined {
  if (value instanceof Tensor) return { name, type: 'tensor', value };
  if (value instanceof Graph) return { name, type: 'graph', value };
  if (typeof value === 'string') return { name, type: 'string', value };
  if (typeof value === 'boolean') return { name, type: 'int', value: value ? 1 : 0 };
  if (typeof value === 'object') return listOf(name, value, type);
  // Without a schema a number may be meant as either; an attribute object says which.
  if (type === 'float') return { name, type, value: Math.fround(Number(value)) };
  if (type === 'int' && isInt(value)) return { name, type, value };
  return undefined;
}

function listOf(
  name: string,
  value: readonly (Int | string)[],
  type: AttributeType | undefined,
): Attribute | undefined {
  const strings = value.filter((x) => typeof x === 'string');
  const numbers = value.filter((x) => typeof x !== 'string');
  if (type === 'strings' && strings.length === value.length) return { name, type, value: strings };
  if (strings.length > 0) return undefined;
  if (type === 'floats') return { name, type, value: numbers.map((x) => Math.fround(Number(x))) };
  if (type === 'ints' && numbers.every(isInt)) return { name, type, value: numbers };
  return undefined;
}

function isInt(value: Int): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}
