import type { Attribute, Graph, OperatorSchema, Tensor } from '@refold/ir';

/** An attribute by its plain value; the schema of the operator says its type. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | Tensor
  | Graph
  | Attribute;

/** Attributes of a node; undefined ones are left out, and so are those that the operator does not have. */
export function attributesOf(
  schema: OperatorSchema,
  values: Readonly<Record<string, AttributeValue | undefined>>,
): readonly Attribute[] {
  const out: Attribute[] = [];
  for (const [name, value] of Object.entries(values)) {
    const type = schema.attributes.get(name)?.type;
    if (value !== undefined && type !== undefined) out.push(attribute(name, type, value));
  }
  return out;
}

function attribute(name: string, type: Attribute['type'], value: AttributeValue): Attribute {
  if (typeof value === 'string') return { name, type: 'string', value };
  if (typeof value === 'number') {
    return type === 'float' ? { name, type, value: Math.fround(value) } : { name, type: 'int', value };
  }
  if (isList(value)) {
    if (type === 'strings') return { name, type, value: value.map(String) };
    const numbers = value.map(Number);
    return type === 'floats'
      ? { name, type, value: numbers.map(Math.fround) }
      : { name, type: 'ints', value: numbers };
  }
  if ('nodes' in value) return { name, type: 'graph', value };
  return 'dtype' in value ? { name, type: 'tensor', value } : value;
}

function isList(value: object): value is readonly (number | string)[] {
  return Array.isArray(value);
}
