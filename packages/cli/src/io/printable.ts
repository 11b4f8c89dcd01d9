/** What must not reach a terminal as it is: controls, direction marks, invisible characters, lone surrogates. */
const odd = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text from a model as it may go to a terminal: control characters, escape sequences, direction marks and
 * lone surrogates are written as escapes, so that a name cannot do anything but be read. At most `limit`
 * characters.
 */
export function printable(text: string, limit = 400): string {
  const safe = text.replace(odd, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  return safe.length > limit ? `${safe.slice(0, limit - 3)}...` : safe;
}
