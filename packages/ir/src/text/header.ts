import type { ModelProto } from '../onnx/generated/messages.ts';
import { shown } from '../onnx/shown.ts';
import type { Cursor } from './cursor.ts';
import { parseStringPairs } from './parse-tensor.ts';
import { quote } from './quote.ts';

/** What a header says that is not part of the meaning of a model or a function. */
type Origin = Pick<
  ModelProto,
  'producerName' | 'producerVersion' | 'domain' | 'modelVersion' | 'docString' | 'metadataProps'
>;

/** All that stands in `<...>` before a model or a function. */
export interface Header {
  readonly irVersion?: number;
  readonly opsets?: ReadonlyMap<string, number>;
  readonly overload?: string;
  readonly origin: Origin;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Writable<Omit<Header, 'origin'>> & { origin: Writable<Origin> };

type Entry = (cursor: Cursor, draft: Draft) => void;

const opsetEntry: Entry = (cursor, draft) => {
  draft.opsets = parseOpsets(cursor);
};
const domainEntry: Entry = (cursor, draft) => {
  draft.origin.domain = cursor.string();
};
const docEntry: Entry = (cursor, draft) => {
  draft.origin.docString = cursor.string();
};

/** The entries that may stand before a model. */
export const modelEntries: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  [
    'ir_version',
    (cursor, draft) => {
      draft.irVersion = version(cursor);
    },
  ],
  ['opset_import', opsetEntry],
  [
    'producer_name',
    (cursor, draft) => {
      draft.origin.producerName = cursor.string();
    },
  ],
  [
    'producer_version',
    (cursor, draft) => {
      draft.origin.producerVersion = cursor.string();
    },
  ],
  ['domain', domainEntry],
  [
    'model_version',
    (cursor, draft) => {
      const value = cursor.integer();
      draft.origin.modelVersion = Number.isSafeInteger(Number(value)) ? Number(value) : value;
    },
  ],
  ['doc_string', docEntry],
  [
    'metadata_props',
    (cursor, draft) => {
      draft.origin.metadataProps = parseStringPairs(cursor).map(([key, value]) => ({ key, value }));
    },
  ],
]);

/** The entries that may stand before a function. */
export const functionEntries: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  ['domain', domainEntry],
  [
    'overload',
    (cursor, draft) => {
      draft.overload = cursor.string();
    },
  ],
  ['opset_import', opsetEntry],
  ['doc_string', docEntry],
]);

/** Reads `<ir_version: 8, opset_import: ["" : 17], ...>`, if it comes next. */
export function parseHeader(cursor: Cursor, entries: ReadonlyMap<string, Entry>): Header {
  const draft: Draft = { origin: {} };
  if (!cursor.accept('<')) return draft;
  const seen = new Set<string>();
  do {
    const at = cursor.at;
    const words = `one of ${[...entries.keys()].join(', ')}`;
    const word = cursor.identifier(words);
    const entry = entries.get(word);
    if (!entry) throw cursor.error(`expected ${words}, found ${shown(word)}`, at);
    if (seen.has(word)) throw cursor.error(`${word} is given twice`, at);
    seen.add(word);
    cursor.expect(':');
    entry(cursor, draft);
  } while (cursor.accept(','));
  cursor.expect('>', "',' or '>'");
  return draft;
}

/** `["" : 17, "com.microsoft" : 1]` */
function parseOpsets(cursor: Cursor): ReadonlyMap<string, number> {
  const opsets = new Map<string, number>();
  cursor.expect('[');
  if (cursor.accept(']')) return opsets;
  do {
    const domain = cursor.string();
    cursor.expect(':');
    opsets.set(domain === 'ai.onnx' ? '' : domain, version(cursor));
  } while (cursor.accept(','));
  cursor.expect(']');
  return opsets;
}

function version(cursor: Cursor): number {
  const at = cursor.at;
  const value = Number(cursor.integer('a version number'));
  if (!Number.isSafeInteger(value)) throw cursor.error('the version number is too large', at);
  return value;
}

/** The opposite of reading opset imports. */
export function printOpsets(opsets: ReadonlyMap<string, number>): string {
  return `[${[...opsets].map(([domain, v]) => `${quote(domain)} : ${v}`).join(', ')}]`;
}

/** The lines of a header that say where a model comes from. */
export function printOrigin(origin: Origin): readonly string[] {
  const lines: string[] = [];
  const text = (word: string, value: string | undefined): void => {
    if (value !== undefined) lines.push(`${word}: ${quote(value)}`);
  };
  text('producer_name', origin.producerName);
  text('producer_version', origin.producerVersion);
  text('domain', origin.domain);
  if (origin.modelVersion !== undefined) lines.push(`model_version: ${origin.modelVersion}`);
  text('doc_string', origin.docString);
  const entries = (origin.metadataProps ?? []).map((e) => `${quote(e.key ?? '')}: ${quote(e.value ?? '')}`);
  if (entries.length > 0) lines.push(`metadata_props: [${entries.join(', ')}]`);
  return lines;
}
