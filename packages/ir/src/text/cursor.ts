import { ModelError } from '../errors.ts';
import { shown } from '../onnx/shown.ts';

/** A number or string as written. */
export type Literal =
  | { readonly kind: 'int' | 'float'; readonly text: string; readonly at: number }
  | { readonly kind: 'string'; readonly text: string; readonly at: number };

/** Numbers, and the special floats in any case. What ONNX takes, and `.5` and `+1` not. */
const NUMBER = /-?\d+(\.\d*)?([eE][+-]?\d+)?|-?(?:infinity|inf|nan)(?![A-Za-z0-9_])/iy;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const BLANK = /[\s\ufeff]/;
const ESCAPE = /\\(?:u\{([0-9a-fA-F]{1,6})\}|([\s\S]))/g;

/** Reads the words of ONNX's textual syntax one by one. Blanks and `#` comments stand between any two. */
export class Cursor {
  readonly text: string;
  readonly file: string | undefined;
  private offset = 0;

  constructor(text: string, file?: string) {
    this.text = text;
    this.file = file;
  }

  /** Place of the next word, for messages that come later. */
  get at(): number {
    this.skip();
    return this.offset;
  }

  /** The next character; empty at the end. */
  get next(): string {
    this.skip();
    return this.text.charAt(this.offset);
  }

  get atEnd(): boolean {
    return this.next === '';
  }

  /** Takes a character (or several in a row) if it comes next. */
  accept(word: string): boolean {
    this.skip();
    if (!this.text.startsWith(word, this.offset)) return false;
    this.offset += word.length;
    return true;
  }

  expect(word: string, what = `'${word}'`): void {
    if (!this.accept(word)) throw this.expected(what);
  }

  /** An identifier without quotes, if one comes next. */
  acceptIdentifier(): string | undefined {
    const found = this.match(IDENTIFIER);
    return found?.[0];
  }

  /** The identifier that comes next, without taking it. */
  peekIdentifier(): string | undefined {
    const start = this.at;
    const name = this.acceptIdentifier();
    this.offset = start;
    return name;
  }

  identifier(what = 'an identifier'): string {
    const name = this.acceptIdentifier();
    if (name === undefined) throw this.expected(what);
    return name;
  }

  /** An identifier, or a string in its place; undefined when neither comes next. */
  acceptName(): string | undefined {
    return this.next === '"' ? this.string() : this.acceptIdentifier();
  }

  name(what = 'a name'): string {
    const name = this.acceptName();
    if (name === undefined) throw this.expected(what);
    return name;
  }

  /** A string literal. A backslash stands for the character behind it, `\u{hex}` for the one of that number. */
  string(what = 'a string in quotes'): string {
    const start = this.at;
    if (this.next !== '"') throw this.expected(what);
    let end = start + 1;
    let escaped = false;
    for (; end < this.text.length; end += 1) {
      const c = this.text.charCodeAt(end);
      if (c === 0x22) break;
      if (c === 0x5c) {
        escaped = true;
        end += 1;
      }
    }
    if (end >= this.text.length) throw this.error('the string that begins here has no closing quote', start);
    this.offset = end + 1;
    const inside = this.text.slice(start + 1, end);
    return escaped ? this.unescape(inside, start) : inside;
  }

  private unescape(inside: string, start: number): string {
    return inside.replace(ESCAPE, (_, hex: string | undefined, plain: string | undefined) => {
      if (hex === undefined) return plain ?? '';
      const code = Number.parseInt(hex, 16);
      if (code > 0x10ffff) throw this.error(`there is no character \\u{${hex}}`, start);
      return String.fromCodePoint(code);
    });
  }

  /** A number or string, if one comes next. */
  acceptLiteral(): Literal | undefined {
    const at = this.at;
    if (this.next === '"') return { kind: 'string', text: this.string(), at };
    const found = this.match(NUMBER);
    if (!found) return undefined;
    const text = found[0];
    return { kind: /^-?\d+$/.test(text) ? 'int' : 'float', text, at };
  }

  literal(what = 'a number or a string'): Literal {
    const literal = this.acceptLiteral();
    if (!literal) throw this.expected(what);
    return literal;
  }

  /** A whole number that fits in int64. */
  integer(what = 'an integer'): bigint {
    const literal = this.acceptLiteral();
    if (literal?.kind !== 'int')
      throw literal ? this.error(`expected ${what}`, literal.at) : this.expected(what);
    return this.int64(literal);
  }

  int64(literal: Literal): bigint {
    const value = BigInt(literal.text);
    if (BigInt.asIntN(64, value) !== value)
      throw this.error(`${literal.text} does not fit in int64`, literal.at);
    return value;
  }

  /** An error that says what should stand at the next word. */
  expected(what: string): ModelError {
    const found = this.atEnd ? 'the end of the text' : shown(wordAt(this.text, this.offset));
    return this.error(`expected ${what}, found ${found}`, this.offset);
  }

  /** An error at a place of the text. */
  error(message: string, at: number): ModelError {
    const before = this.text.slice(0, at);
    const line = before.split('\n').length;
    const column = at - before.lastIndexOf('\n');
    return new ModelError('model/syntax', `line ${line}, column ${column}: ${message}`, { file: this.file });
  }

  private skip(): void {
    for (; this.offset < this.text.length; this.offset += 1) {
      const c = this.text.charCodeAt(this.offset);
      if (c > 0x23 && c < 0x7f) return;
      if (c === 0x23) {
        const end = this.text.indexOf('\n', this.offset);
        this.offset = end < 0 ? this.text.length - 1 : end;
      } else if (!BLANK.test(this.text.charAt(this.offset))) {
        return;
      }
    }
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    this.skip();
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.text);
    if (!found) return undefined;
    this.offset = pattern.lastIndex;
    return found;
  }
}

/** The word or the character at a place. */
function wordAt(text: string, at: number): string {
  return /^(?:[A-Za-z0-9_.]+|[\s\S])/u.exec(text.slice(at, at + 24))?.[0] ?? '';
}
