import { badData } from './bad-data.ts';

/** What the header of an `.npy` file says. */
export interface NpyHeader {
  /** NumPy's type string: byte order, kind, bytes of an item (`<f4`); code points of one for kind U. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly offset: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy itself refuses longer ones, unless it is told that the file can be trusted. */
const LONGEST = 10_000;

/** Elements start at a multiple of this. */
const ALIGNMENT = 64;

const utf8 = new TextDecoder('utf-8', { fatal: false });

/** Reads the header. Throws `usage/data` for what is none. */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  if (bytes.length < 10 || MAGIC.some((b, i) => bytes[i] !== b))
    throw badData('.npy', 'it does not begin as one');
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw badData('.npy', `version ${version} of the format is unknown`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw badData('.npy', 'it ends in its header');
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST) throw badData('.npy', `its header takes ${length} bytes`);
  if (start + length > bytes.length) throw badData('.npy', 'it ends in its header');
  return { ...parseHeader(utf8.decode(bytes.subarray(start, start + length))), offset: start + length };
}

/** The bytes of a header, padded so that the elements are aligned. */
export function npyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dims}), }`;
  const unpadded = 10 + text.length + 1;
  const size = Math.ceil(unpadded / ALIGNMENT) * ALIGNMENT;
  const header = new Uint8Array(size).fill(0x20);
  header.set([...MAGIC, 1, 0, (size - 10) & 255, (size - 10) >> 8]);
  header.set(new TextEncoder().encode(text), 10);
  header[size - 1] = 0x0a;
  return header;
}

/** The three entries of the dictionary, which may stand in any order. */
function parseHeader(text: string): Omit<NpyHeader, 'offset'> {
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (body === undefined) throw badData('.npy', 'its header is not a dictionary');
  const entries = new Map<string, string>();
  const entry = /\s*(['"])(\w+)\1\s*:\s*(\([^)]*\)|'[^']*'|"[^"]*"|True|False|\[[^\]]*\])\s*(,|$)/y;
  let at = 0;
  while (body.slice(at).trim() !== '') {
    entry.lastIndex = at;
    const match = entry.exec(body);
    if (!match || entries.has(match[2] ?? '')) throw badData('.npy', 'its header cannot be read');
    entries.set(match[2] ?? '', match[3] ?? '');
    at = entry.lastIndex;
  }
  const [descr, order, shape] = [entries.get('descr'), entries.get('fortran_order'), entries.get('shape')];
  if (entries.size !== 3 || !descr || !order || !shape)
    throw badData('.npy', 'its header does not say type, order and shape');
  if (!/^['"]/.test(descr)) throw badData('.npy', 'its elements are records');
  if (order !== 'True' && order !== 'False') throw badData('.npy', `its order is ${order}`);
  return { descr: descr.slice(1, -1), fortranOrder: order === 'True', shape: parseShape(shape) };
}

/** `()`, `(3,)`, `(3, 4)`; Python 2 wrote `3L`. */
function parseShape(text: string): readonly number[] {
  const words = text
    .slice(1, -1)
    .split(',')
    .map((word) => word.trim());
  if (words.at(-1) === '') words.pop();
  const dims = words.map((word) => (/^\d{1,16}L?$/.test(word) ? Number.parseInt(word, 10) : Number.NaN));
  if (!text.startsWith('(') || !dims.every(Number.isSafeInteger))
    throw badData('.npy', 'its shape cannot be read');
  return dims;
}
