import type { Attribute, AttributeType, ParamValue } from '@refold/ir';

/** An attribute of a parameter, in the type that the schema gives it; undefined where they do not fit. */
export function attributeOf(name: string, type: AttributeType, value: ParamValue): Attribute | undefined {
  const one = typeof value === 'boolean' ? Number(value) : value;
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  switch (type) {
    case 'int':
      return typeof one === 'number' || typeof one === 'bigint' ? { name, type, value: one } : undefined;
    case 'float':
      // Attributes are float32 in files.
      return typeof one === 'number' ? { name, type, value: Math.fround(one) } : undefined;
    case 'string':
      return typeof one === 'string' ? { name, type, value: one } : undefined;
    case 'ints':
      return { name, type, value: list.filter((x) => typeof x === 'number') };
    case 'floats':
      return { name, type, value: list.filter((x) => typeof x === 'number').map(Math.fround) };
    case 'strings':
      return { name, type, value: list.filter((x) => typeof x === 'string') };
    default:
      return undefined;
  }
}
