import type { AttributeProto } from './generated/messages.ts';

/** A field of `AttributeProto` that holds a value. */
export type ValueField = Exclude<
  keyof AttributeProto,
  'name' | 'docString' | 'type' | 'refAttrName' | 'unknown'
>;

/** The types that an attribute with a value can have. */
export type ValuedType =
  | 'float'
  | 'int'
  | 'string'
  | 'tensor'
  | 'graph'
  | 'floats'
  | 'ints'
  | 'strings'
  | 'tensors'
  | 'graphs'
  | 'sparse'
  | 'sparses'
  | 'type'
  | 'types';

interface Row {
  /** Number in `AttributeProto.AttributeType`. */
  readonly code: number;
  readonly field: ValueField;
}

const rows: Record<ValuedType, Row> = {
  float: { code: 1, field: 'f' },
  int: { code: 2, field: 'i' },
  string: { code: 3, field: 's' },
  tensor: { code: 4, field: 't' },
  graph: { code: 5, field: 'g' },
  floats: { code: 6, field: 'floats' },
  ints: { code: 7, field: 'ints' },
  strings: { code: 8, field: 'strings' },
  tensors: { code: 9, field: 'tensors' },
  graphs: { code: 10, field: 'graphs' },
  sparse: { code: 11, field: 'sparseTensor' },
  sparses: { code: 12, field: 'sparseTensors' },
  type: { code: 13, field: 'tp' },
  types: { code: 14, field: 'typeProtos' },
};

export const valuedTypes: readonly ValuedType[] = Object.keys(rows) as ValuedType[];

const byCode: ReadonlyMap<number, ValuedType> = new Map(valuedTypes.map((t) => [rows[t].code, t]));

export function attributeTypeFromCode(code: number): ValuedType | undefined {
  return byCode.get(code);
}

/** Number of a type; 0 (undefined) for none. */
export function attributeTypeCode(type: ValuedType | 'undefined'): number {
  return type === 'undefined' ? 0 : rows[type].code;
}

export function fieldOfType(type: ValuedType): ValueField {
  return rows[type].field;
}

/** Whether a word names a type that an attribute with a value can have. */
export function isValuedType(word: string): word is ValuedType {
  return Object.hasOwn(rows, word);
}
