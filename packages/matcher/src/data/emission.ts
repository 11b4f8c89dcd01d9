import { normalDomain, type OperatorSchema, schemaOf, schemaVersions } from '@refold/ir';
import type { Emission } from '../rewrite/rule.ts';
import { dataError } from './data-error.ts';
import type { EmitJson } from './rule-data.ts';

/** The first opset in which arithmetic broadcasts as it does now. */
const BROADCASTING = 7;

/** What an expression makes, with the first opset that has it in this form. Throws when none has. */
export function emissionOf(e: EmitJson): Emission {
  const domain = normalDomain(e.domain ?? '');
  const versions = schemaVersions(domain, e.op);
  const own = domain === '' ? {} : { domain };
  if (versions.length === 0) {
    if (domain === '') throw dataError(`there is no operator ${e.op}`);
    return { op: e.op, ...own, since: 1 };
  }
  // Forms come and go: what counts is the last run of versions that have it.
  let first: number | undefined;
  let objection: string | undefined;
  for (const since of versions.toReversed()) {
    const schema = schemaOf(domain, e.op, since);
    const against = schema && objectionTo(e, schema);
    if (against === undefined) first = since;
    else if (first === undefined) objection ??= against;
    else break;
  }
  if (first === undefined) throw dataError(objection ?? `${e.op} cannot be made`);
  return { op: e.op, ...own, since: first };
}

/** What arithmetic on values makes. */
export function arithmeticEmission(op: string): Emission {
  return { op, since: BROADCASTING };
}

function objectionTo(e: EmitJson, schema: OperatorSchema): string | undefined {
  const [least, most, leastOutputs, mostOutputs] = schema.arity;
  if (schema.deprecated) return `${e.op} is deprecated`;
  // One item of the list may stand for many inputs, or for none.
  if (e.in.length > most) return `${e.op} takes at most ${most} inputs, not ${e.in.length}`;
  if (e.in.length < least && !e.in.some((x) => typeof x === 'string'))
    return `${e.op} takes at least ${least} inputs, not ${e.in.length}`;
  const outputs = e.outputs ?? 1;
  if (outputs < leastOutputs || outputs > mostOutputs) return `${e.op} does not have ${outputs} outputs`;
  for (const name of Object.keys(e.params ?? {}))
    if (!schema.attributes.has(name)) return `${e.op} has no attribute ${name}`;
  for (const [name, attribute] of schema.attributes) {
    const isGiven = Object.hasOwn(e.params ?? {}, name) || e.carry !== undefined;
    if (attribute.required && !isGiven) return `${e.op} needs the attribute ${name}`;
  }
  return undefined;
}
