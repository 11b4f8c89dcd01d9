// Writes packages/ir/src/ops/generated/schemas.ts from the operator tables of an onnx release.
// usage: node scripts/generate-schemas.mjs PATH/onnx-schemas.json
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [input] = process.argv.slice(2);
if (!input) throw new Error('usage: node scripts/generate-schemas.mjs PATH/onnx-schemas.json');
const { about, typeSets, schemas } = JSON.parse(readFileSync(input, 'utf8'));

const types = [...new Set(schemas.flatMap((s) => [...s.inputs, ...s.outputs].map((p) => p.type)))].sort();
const typeIndex = new Map(types.map((t, i) => [t, i]));

/** [name, type index, option: 0 single, 1 optional, 2 variadic, homogeneous: 0 or 1, least count of a variadic] */
function parameter(p) {
  const option = p.option === 'variadic' ? 2 : p.option === 'optional' ? 1 : 0;
  const row = [p.name, typeIndex.get(p.type)];
  if (option) row.push(option);
  if (option === 2) row.push(p.homogeneous === false ? 0 : 1, p.min ?? 1);
  return row;
}

/** [name, type, required: 0 or 1, default] */
function attribute(a) {
  const row = [a.name, a.type];
  if (a.required || a.default !== undefined) row.push(a.required ? 1 : 0);
  if (a.default !== undefined) row.push(a.default);
  return row;
}

const rows = schemas.map((s) => [
  s.domain,
  s.name,
  s.since,
  { yes: 0, no: 1, unknown: 2 }[s.determinism],
  s.deprecated ? 1 : 0,
  s.arity,
  s.inputs.map(parameter),
  s.outputs.map(parameter),
  s.attributes.map(attribute),
  s.types,
]);
const text = JSON.stringify({ onnx: about.onnx, opset: about.opset, types, typeSets, rows });
const out = fileURLToPath(new URL('../packages/ir/src/ops/generated/schemas.ts', import.meta.url));
writeFileSync(
  out,
  `// Made by scripts/generate-schemas.mjs from the operator tables of onnx ${about.onnx}. Do not edit.
/** JSON text, since a string literal is parsed much faster than an object literal of this size. */
export const schemaText: string =
  ${JSON.stringify(text).replace(/\\"/g, '"').replace(/^"|"$/g, "'")};
`,
);
console.log(`${rows.length} schemas, ${text.length} characters`);
