/** Names that need no quotes in ONNX's textual syntax. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * What must not reach a terminal or could not be seen there: control characters, marks that reorder or hide
 * text, line separators, and lone surrogates (which stand for bytes that are not UTF-8).
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /["\\\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Whether a name can be written without quotes. */
export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name);
}

/**
 * A string literal: `"` and `\` behind a backslash as ONNX has it. Characters that are not fit to be shown
 * are written `\u{hex}`, which ONNX's own parser does not know.
 */
export function quote(text: string): string {
  return `"${escapeText(text)}"`;
}

/** The inside of a string literal. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (c) =>
    c === '"' || c === '\\' ? `\\${c}` : `\\u{${c.charCodeAt(0).toString(16)}}`,
  );
}

/** A name, in quotes when it is not an identifier. */
export function quoteName(name: string): string {
  return isIdentifier(name) ? name : quote(name);
}
