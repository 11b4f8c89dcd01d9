// Writes packages/ir/src/onnx/generated/messages.ts from the message tables of an onnx release.
// usage: node scripts/generate-messages.mjs PATH/onnx-messages.json
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [input] = process.argv.slice(2);
if (!input) throw new Error('usage: node scripts/generate-messages.mjs PATH/onnx-messages.json');
const { about, files } = JSON.parse(readFileSync(input, 'utf8'));
const messages = Object.assign({}, ...Object.values(files).map((f) => f.messages));
const enums = Object.assign({}, ...Object.values(files).map((f) => f.enums));

/** Element data stay in the file until somebody asks for them. */
const lazy = new Set(
  ['float_data', 'int32_data', 'int64_data', 'double_data', 'uint64_data', 'raw_data'].map(
    (f) => `TensorProto.${f}`,
  ),
);
/** A model has few types and many values: equal bytes are read once. */
const interned = new Set(['ValueInfoProto.type']);

/** Nodes may be many: those of the main graph are read one by one as they are asked for. */
const streamed = new Set(['GraphProto.node']);

const flat = (name) => name.replaceAll('.', '');
const camel = (name) => name.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase());
const letters = {
  string: 's',
  bytes: 'y',
  int64: 'i',
  uint64: 'u',
  int32: 'n',
  enum: 'n',
  float: 'f',
  double: 'd',
};
const scalars = {
  string: 'string',
  bytes: 'string',
  int64: 'Int',
  uint64: 'Int',
  int32: 'number',
  enum: 'number',
  float: 'number',
  double: 'number',
};

/** `number key kind flags`, see wire/message-type.ts. */
function row(message, f) {
  const kind = f.type === 'message' ? `m:${flat(f.of)}` : letters[f.type];
  const path = `${message}.${f.name}`;
  const flags =
    (f.label === 'repeated' ? '*' : '') +
    (f.packed ? 'p' : '') +
    (lazy.has(path) ? 'l' : '') +
    (interned.has(path) ? 'n' : '') +
    (streamed.has(path) ? 't' : '') +
    (f.oneof ? 'o' : '');
  return [f.no, camel(f.name), kind, flags].join(' ').trim();
}

function member(message, f) {
  const path = `${message}.${f.name}`;
  const type = lazy.has(path)
    ? f.name === 'raw_data'
      ? 'RawData'
      : 'WireBytes'
    : f.type === 'message'
      ? flat(f.of)
      : scalars[f.type];
  if (streamed.has(path)) return `  readonly ${camel(f.name)}?: Iterable<${type}> | undefined;`;
  const list = f.label === 'repeated' && !lazy.has(path);
  return `  readonly ${camel(f.name)}?: ${list ? 'readonly ' : ''}${type}${list ? '[]' : ''} | undefined;`;
}

const out = [
  `// Made by scripts/generate-messages.mjs from the message tables of onnx ${about.onnx} (IR ${about.irVersion}). Do not edit.`,
  "import type { Int } from '../../graph/attribute.ts';",
  "import { MessageType } from '../wire/message-type.ts';",
  "import type { RawData, WireBytes } from '../wire/wire-bytes.ts';",
];
for (const [name, { fields }] of Object.entries(messages)) {
  const id = flat(name);
  const keys = [...fields.map((f) => camel(f.name)), 'unknown'];
  const oneofs = new Set(fields.flatMap((f) => (f.oneof ? [f.oneof] : [])));
  if (oneofs.size > 1)
    throw new Error(`${name} has more than one oneof; the table says only whether a field is in it`);
  out.push(
    '',
    `export interface ${id} {`,
    ...fields.map((f) => member(name, f)),
    '  readonly unknown?: WireBytes | undefined;',
    '}',
    `export const ${id}: MessageType<${id}> = new MessageType<${id}>(`,
    `  '${id}',`,
    `  '${fields.map((f) => row(name, f)).join(', ')}',`,
    `  () => ({ ${keys.map((k) => `${k}: undefined`).join(', ')} }),`,
    ');',
  );
}
for (const [name, values] of Object.entries(enums)) {
  const rows = Object.entries(values).map(([k, v]) => `${k}: ${v}`);
  out.push('', `export const ${flat(name)}Code = { ${rows.join(', ')} } as const;`);
}
const path = fileURLToPath(new URL('../packages/ir/src/onnx/generated/messages.ts', import.meta.url));
writeFileSync(path, `${out.join('\n')}\n`);
console.log(`${Object.keys(messages).length} messages, ${Object.keys(enums).length} enums`);
