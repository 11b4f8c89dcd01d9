/**
 * Text from a model as it may go to a terminal: control characters, escape sequences, direction marks and
 * lone surrogates are written as escapes, so that a name cannot do anything but be read.
 */
export function printable(text: string, limit = 500): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
  const odd = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/g;
  const safe = text.isWellFormed() ? text.replace(/[\u{10000}-\u{10ffff}]|[^]/gu, escapeOdd(odd)) : text.replace(odd, escape);
  return safe.length > limit ? `${safe.slice(0, limit)}...` : safe;
}

function escapeOdd(odd: RegExp): (char: string) => string {
  return (char) => (char.length > 1 ? char : char.replace(odd, escape));
}

function escape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
