import { knownOperators, type OperatorSchema, schemaOf, schemaVersions } from '@refold/ir';

/** The oldest opset of the standard domain that refold reads as more than a shape of text. */
const OLDEST = 7;

/** One form of an operator: versions in a row whose operands and attributes are written the same way. */
export interface Form {
  readonly op: string;
  /** First and last opset at which the form is in force; the last of all is infinity. */
  readonly from: number;
  readonly to: number;
}

/** Attributes with their defaults, how operands are given, and how many results there are; types do not count. */
function formOf(schema: OperatorSchema): string {
  const attributes = [...schema.attributes.values()].map((a) => [a.name, a.type, a.required, a.default]);
  return JSON.stringify([
    attributes.sort(),
    schema.inputs.map((input) => input.option),
    schema.outputs.map((output) => output.option),
    schema.arity,
  ]);
}

/** The forms of all operators of which the versions since opset 7 are not all written the same way. */
export function changingForms(): readonly Form[] {
  return knownOperators().flatMap(([domain, name]) => {
    const versions = schemaVersions(domain, name).filter(
      (_, k, all) => domain !== '' || (all[k + 1] ?? Number.POSITIVE_INFINITY) > OLDEST,
    );
    const forms: { op: string; from: number; to: number; text: string }[] = [];
    for (const since of versions) {
      const schema = schemaOf(domain, name, since);
      if (!schema) continue;
      const text = formOf(schema);
      const last = forms.at(-1);
      if (last?.text === text) continue;
      if (last) last.to = since - 1;
      forms.push({ op: name, from: since, to: Number.POSITIVE_INFINITY, text });
    }
    return forms.length > 1 ? forms : [];
  });
}
