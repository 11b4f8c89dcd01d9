import { dataError } from './data-error.ts';

/** JSON Schema, as far as it is used here. */
export type JsonSchema = { readonly [key: string]: unknown };

/** Where in a document a value stands, and what is left of the budget for all of it. */
interface Place {
  readonly parent: Place | undefined;
  readonly key: string | number;
  readonly depth: number;
  readonly budget: { left: number };
}

/**
 * A form that JSON values may have. The same object checks values and gives the schema, so the two cannot
 * disagree.
 */
export interface Shape {
  /** What is expected, for messages. */
  readonly what: string;
  /** Whether no other member of a union could be meant. */
  claims(value: unknown): boolean;
  /** Throws for a value that has another form. */
  check(value: unknown, place: Place): void;
  readonly schema: JsonSchema;
}

/** Values nested deeper than this are refused; no schema can say so. */
const MAX_DEPTH = 100;

/** Documents of more values than this are refused. */
const MAX_VALUES = 100_000;

/** Checks a document. The message of what it throws says where, what was expected and what is there. */
export function checkShape(value: unknown, shape: Shape): void {
  shape.check(value, { parent: undefined, key: '', depth: 0, budget: { left: MAX_VALUES } });
}

function below(parent: Place, key: string | number): Place {
  const { budget } = parent;
  budget.left -= 1;
  const place = { parent, key, depth: parent.depth + 1, budget };
  if (place.depth > MAX_DEPTH) throw fail(parent, `nested deeper than ${MAX_DEPTH} levels`);
  if (budget.left < 0) throw dataError(`the rule has more than ${MAX_VALUES} values`);
  return place;
}

function fail(place: Place, message: string) {
  const keys: string[] = [];
  for (let at: Place | undefined = place; at?.parent; at = at.parent) {
    keys.push(typeof at.key === 'number' ? `[${at.key}]` : `.${at.key}`);
  }
  const path = keys.reverse().join('').replace(/^\./, '').slice(0, 200);
  return dataError(path === '' ? message : `${path}: ${message}`);
}

function mismatch(place: Place, what: string, value: unknown) {
  return fail(place, `expected ${what}, found ${describe(value)}`);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return value.length > 40 ? 'a long string' : JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return isPlain(value) ? 'an object' : `a value of type ${typeof value}`;
}

type Plain = Readonly<Record<string, unknown>>;

function isPlain(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The value of an own field, and of no other. */
function field(value: Plain, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

export function number(what = 'a number', minimum: number = Number.NEGATIVE_INFINITY): Shape {
  return {
    what,
    claims: (v) => typeof v === 'number',
    check: (v, place) => {
      if (typeof v !== 'number' || !Number.isFinite(v) || v < minimum) throw mismatch(place, what, v);
    },
    schema: { type: 'number', ...(Number.isFinite(minimum) ? { minimum } : {}) },
  };
}

export function integer(minimum: number, maximum: number): Shape {
  const what = `a whole number from ${minimum} to ${maximum}`;
  return {
    what,
    claims: (v) => typeof v === 'number',
    check: (v, place) => {
      if (typeof v !== 'number' || !Number.isInteger(v) || v < minimum || v > maximum)
        throw mismatch(place, what, v);
    },
    schema: { type: 'integer', minimum, maximum },
  };
}

/** A string of at most `maxLength` characters that matches a pattern. */
export function text(what: string, maxLength: number, pattern?: string): Shape {
  const regExp = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  return {
    what,
    claims: (v) => typeof v === 'string',
    check: (v, place) => {
      if (typeof v !== 'string') throw mismatch(place, what, v);
      // Schemas count characters, not UTF-16 units.
      if (v.length > 2 * maxLength || [...v].length > maxLength)
        throw fail(place, `longer than ${maxLength} characters`);
      if (regExp && !regExp.test(v)) throw mismatch(place, what, v);
    },
    schema: { type: 'string', maxLength, ...(pattern === undefined ? {} : { pattern }) },
  };
}

/** One of some values. */
export function among(values: readonly (string | number | boolean | null)[], what?: string): Shape {
  const all = what ?? values.map((v) => JSON.stringify(v)).join(', ');
  return {
    what: all,
    claims: (v) => values.some((x) => typeof x === typeof v && (x === null) === (v === null)),
    check: (v, place) => {
      if (!values.some((x) => x === v)) throw mismatch(place, values.length > 1 ? `one of ${all}` : all, v);
    },
    schema: { enum: values },
  };
}

export function list(of: Shape, minItems = 0, maxItems = 256): Shape {
  const what = `a list of ${of.what}`;
  return {
    what,
    claims: (v) => Array.isArray(v),
    check: (v, place) => {
      if (!Array.isArray(v)) throw mismatch(place, what, v);
      if (v.length < minItems || v.length > maxItems)
        throw fail(place, `expected ${minItems} to ${maxItems} items, found ${v.length}`);
      for (let i = 0; i < v.length; i += 1) of.check(v[i], below(place, i));
    },
    schema: { type: 'array', items: of.schema, minItems, maxItems },
  };
}

/** A list of a name and something. */
export function pair(first: Shape, second: Shape): Shape {
  const what = `a list of ${first.what} and ${second.what}`;
  return {
    what,
    claims: (v) => Array.isArray(v),
    check: (v, place) => {
      if (!Array.isArray(v) || v.length !== 2) throw mismatch(place, what, v);
      first.check(v[0], below(place, 0));
      second.check(v[1], below(place, 1));
    },
    schema: { type: 'array', prefixItems: [first.schema, second.schema], minItems: 2, maxItems: 2 },
  };
}

/** An object from names to something. */
export function record(name: Shape, of: Shape): Shape {
  const what = `an object of ${of.what}`;
  const maxProperties = 64;
  return {
    what,
    claims: isPlain,
    check: (v, place) => {
      if (!isPlain(v)) throw mismatch(place, what, v);
      const keys = Object.keys(v);
      if (keys.length > maxProperties) throw fail(place, `more than ${maxProperties} fields`);
      for (const key of keys) {
        const inner = below(place, key);
        name.check(key, inner);
        of.check(field(v, key), inner);
      }
    },
    schema: { type: 'object', propertyNames: name.schema, additionalProperties: of.schema, maxProperties },
  };
}

type Fields = Readonly<Record<string, Shape>>;

/** An object with these fields and no others. In a union, the first field that is required tells it apart. */
export function object(what: string, required: Fields, optional: Fields = {}): Shape {
  const names = Object.keys(required);
  const all = new Map([...Object.entries(required), ...Object.entries(optional)]);
  const mark = names[0];
  return {
    what,
    claims: (v) => isPlain(v) && (mark === undefined || Object.hasOwn(v, mark)),
    check: (v, place) => {
      if (!isPlain(v)) throw mismatch(place, what, v);
      for (const name of names) if (!Object.hasOwn(v, name)) throw fail(place, `${what} needs ${name}`);
      for (const key of Object.keys(v)) {
        const shape = all.get(key);
        if (!shape) throw fail(place, `${what} has no ${describe(key)}`);
        shape.check(v[key], below(place, key));
      }
    },
    get schema() {
      return {
        type: 'object',
        ...(names.length > 0 ? { required: names } : {}),
        properties: Object.fromEntries([...all].map(([name, shape]) => [name, shape.schema])),
        additionalProperties: false,
      };
    },
  };
}

/** One of several forms, of which the first that claims a value counts. */
export function union(what: string, shapes: readonly Shape[]): Shape {
  return {
    what,
    claims: (v) => shapes.some((s) => s.claims(v)),
    check: (v, place) => {
      const shape = shapes.find((s) => s.claims(v));
      if (!shape) throw mismatch(place, what, v);
      shape.check(v, place);
    },
    get schema() {
      return { anyOf: shapes.map((s) => s.schema) };
    },
  };
}

/** A form that refers to itself, under its name in the schema. */
export function named(name: string, what: string, of: () => Shape): Shape {
  return {
    what,
    claims: (v) => of().claims(v),
    check: (v, place) => of().check(v, place),
    schema: { $ref: `#/$defs/${name}` },
  };
}
