import { RefoldError } from '@refold/ir';

/** Whether a word says both a name and a shape, as `name:1,3,224,224` does. */
export function isNamedShape(word: string): boolean {
  return /^.+:(\d+([,x]\d+)*)?$/s.test(word);
}

/** Whether a word is a number of bytes. */
export function isBytes(word: string): boolean {
  return bytesOf(word) !== undefined;
}

/** `name:1,3,224,224`, or `1,3,224,224` for the only input of a model (the name is empty then). */
export function parseShape(text: string): readonly [string, readonly number[]] {
  const colon = text.lastIndexOf(':');
  const name = colon < 0 ? '' : text.slice(0, colon);
  const sizes = text.slice(colon + 1);
  const dims = sizes === '' ? [] : sizes.split(/[,x]/).map((d) => (/^\d+$/.test(d) ? Number(d) : Number.NaN));
  if (!dims.every((d) => Number.isSafeInteger(d))) {
    throw new RefoldError('usage/option', `'${text}' is not a shape`, {}, 'write it as NAME:1,3,224,224');
  }
  return [name, dims];
}

export function parseShapes(
  texts: readonly string[] | undefined,
): ReadonlyMap<string, readonly number[]> | undefined {
  return texts && new Map(texts.map(parseShape));
}

const units = new Map([
  ['', 1],
  ['B', 1],
  ['K', 1 << 10],
  ['KB', 1 << 10],
  ['M', 1 << 20],
  ['MB', 1 << 20],
  ['G', 1 << 30],
  ['GB', 1 << 30],
]);

/** A number of bytes: `4096`, `16KB`, `1.5GB`. */
export function parseBytes(text: string): number {
  const bytes = bytesOf(text);
  if (bytes === undefined)
    throw new RefoldError('usage/option', `'${text}' is not a size in bytes`, {}, 'write 4096 or 16KB');
  return bytes;
}

function bytesOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text);
  const unit = units.get((match?.[2] ?? '').toUpperCase().replace('IB', 'B'));
  return match && unit !== undefined ? Math.floor(Number(match[1]) * unit) : undefined;
}

/** `21`, or `latest`. */
export function parseOpset(text: string): number | 'latest' {
  if (text === 'latest') return text;
  if (!/^\d{1,4}$/.test(text)) {
    throw new RefoldError('usage/option', `'${text}' is not an opset`, {}, 'write a number, or latest');
  }
  return Number(text);
}

/** A whole number that is not negative. */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new RefoldError('usage/option', `'${text}' is not a whole number`);
  return Number(text);
}

export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new RefoldError('usage/option', `'${text}' is not a number of 0 or more`);
  return value;
}
