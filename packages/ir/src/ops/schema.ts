import type { AttributeType } from '../graph/attribute.ts';
import { normalDomain } from '../graph/node.ts';
import { schemaText } from './generated/schemas.ts';
import { OpTable } from './op-table.ts';

/** A formal input or output of an operator. */
export interface Parameter {
  readonly name: string;
  /** A type parameter of the schema such as `T`, or a type in ONNX's spelling such as `tensor(int64)`. */
  readonly type: string;
  readonly option: 'single' | 'optional' | 'variadic';
  /** Whether all operands of a variadic parameter have one type. */
  readonly homogeneous: boolean;
  /** Least number of operands of a variadic parameter. */
  readonly min: number;
}

/** An attribute of an operator, as its schema declares it. */
export interface AttributeSchema {
  readonly name: string;
  readonly type: AttributeType;
  readonly required: boolean;
  /** Default by the schema, if there is one. */
  readonly default: number | string | readonly number[] | readonly string[] | undefined;
}

/** One version of an operator (`OpSchema`). */
export interface OperatorSchema {
  readonly domain: string;
  readonly name: string;
  /** The opset version that introduced this version of the operator. */
  readonly since: number;
  readonly deprecated: boolean;
  /** `no`: may give other results in each run. Control flow counts as `no` whatever its body. */
  readonly determinism: 'yes' | 'no' | 'unknown';
  /** Least and most inputs, least and most outputs; 2147483647 means no limit. */
  readonly arity: readonly [number, number, number, number];
  readonly inputs: readonly Parameter[];
  readonly outputs: readonly Parameter[];
  readonly attributes: ReadonlyMap<string, AttributeSchema>;
  /** Allowed types of each type parameter, in ONNX's spelling. */
  readonly types: ReadonlyMap<string, readonly string[]>;
}

type ParameterRow = readonly [string, number, number?, number?, number?];
type AttributeRow = readonly [
  string,
  string,
  number?,
  (number | string | readonly number[] | readonly string[])?,
];
type Row = readonly [
  string,
  string,
  number,
  number,
  number,
  readonly [number, number, number, number],
  readonly ParameterRow[],
  readonly ParameterRow[],
  readonly AttributeRow[],
  Readonly<Record<string, number>>,
];

interface Table {
  readonly onnx: string;
  readonly opset: number;
  readonly types: readonly string[];
  readonly typeSets: readonly (readonly string[])[];
  readonly rows: readonly Row[];
}

const attributeTypes: Readonly<Record<string, AttributeType>> = {
  FLOAT: 'float',
  INT: 'int',
  STRING: 'string',
  TENSOR: 'tensor',
  GRAPH: 'graph',
  SPARSE_TENSOR: 'sparse',
  TYPE_PROTO: 'type',
  FLOATS: 'floats',
  INTS: 'ints',
  STRINGS: 'strings',
};

/** Versions of one operator: rows until they are asked for, schemas from then on; ascending. */
type Versions = {
  readonly since: readonly number[];
  readonly rows: readonly Row[];
  readonly schemas: (OperatorSchema | undefined)[];
};

let table: Table | undefined;
let operators: OpTable<Versions> | undefined;

function allVersions(): OpTable<Versions> {
  if (operators) return operators;
  table = JSON.parse(schemaText) as Table;
  const rowsOf = new OpTable<Row[]>();
  for (const row of table.rows) {
    const rows = rowsOf.get(row[0], row[1]);
    if (rows) rows.push(row);
    else rowsOf.set(row[0], row[1], [row]);
  }
  operators = new OpTable();
  for (const [domain, name, rows] of rowsOf.entries()) {
    rows.sort((a, b) => a[2] - b[2]);
    operators.set(domain, name, { since: rows.map((r) => r[2]), rows, schemas: [] });
  }
  return operators;
}

function versionsOf(domain: string, name: string): Versions | undefined {
  return allVersions().get(normalDomain(domain), name);
}

/** The version of an operator that is in force at an opset version; undefined when there is none. */
export function schemaOf(domain: string, name: string, opset: number): OperatorSchema | undefined {
  const versions = versionsOf(domain, name);
  if (!versions) return undefined;
  let at = versions.since.length - 1;
  while (at >= 0 && (versions.since[at] ?? 0) > opset) at -= 1;
  const row = versions.rows[at];
  if (!row) return undefined;
  versions.schemas[at] ??= schemaFrom(row);
  return versions.schemas[at];
}

/** Opset versions at which an operator changed, ascending; empty when it is not known. */
export function schemaVersions(domain: string, name: string): readonly number[] {
  return versionsOf(domain, name)?.since ?? [];
}

/** The names of all operators of all domains that have schemas, as `[domain, name]`. */
export function knownOperators(): readonly (readonly [string, string])[] {
  return [...allVersions().entries()].map(([domain, name]) => [domain, name] as const);
}

/** The newest opset version of the standard domain that the tables know. */
export function newestOpset(): number {
  allVersions();
  return table?.opset ?? 0;
}

function schemaFrom(row: Row): OperatorSchema {
  const [domain, name, since, determinism, deprecated, arity, inputs, outputs, attributes, types] = row;
  return {
    domain,
    name,
    since,
    deprecated: deprecated === 1,
    determinism: determinism === 0 ? 'yes' : determinism === 1 ? 'no' : 'unknown',
    arity,
    inputs: inputs.map(parameterFrom),
    outputs: outputs.map(parameterFrom),
    attributes: new Map(attributes.map((a) => [a[0], attributeFrom(a)])),
    types: new Map(Object.entries(types).map(([k, i]) => [k, table?.typeSets[i] ?? []])),
  };
}

function parameterFrom(row: ParameterRow): Parameter {
  const [name, type, option = 0, homogeneous = 1, min = 1] = row;
  return {
    name,
    type: table?.types[type] ?? '',
    option: option === 2 ? 'variadic' : option === 1 ? 'optional' : 'single',
    homogeneous: homogeneous === 1,
    min,
  };
}

function attributeFrom(row: AttributeRow): AttributeSchema {
  const [name, type, required = 0, value] = row;
  return { name, type: attributeTypes[type] ?? 'undefined', required: required === 1, default: value };
}
