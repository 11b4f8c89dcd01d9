import type { RefoldError } from '@refold/ir';
import { dataError } from './data-error.ts';

export type TokenKind = 'name' | 'domain' | 'number' | 'string' | 'sign' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a domain without its colons, of a string what it says. */
  readonly text: string;
  /** Where it starts. */
  readonly at: number;
}

/** Longer texts than this are refused. */
const MAX_TEXT = 1 << 20;

const space = /(?:\s+|#[^\n]*)*/y;
const tokens: readonly (readonly [TokenKind, RegExp])[] = [
  ['domain', /[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*::/y],
  ['name', /[A-Za-z][A-Za-z0-9_]*/y],
  ['number', /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ['string', /"(?:[^"\\\n]|\\.)*"/y],
  ['sign', /\.\.\.|\.\.|\?\?|[=!<>]=|[-+*/^()[\]{},;:=!?~|@.<>_]/y],
];
const ruleName = /[A-Za-z0-9][A-Za-z0-9_./-]*/y;

/** The tokens of a text with rules, and errors with the place in it. */
export class Lexer {
  private readonly text: string;
  private readonly file: string | undefined;
  private next: Token;
  private end = 0;

  constructor(text: string, file?: string) {
    this.text = text;
    this.file = file;
    if (text.length > MAX_TEXT) throw dataError(`rules of more than ${MAX_TEXT} characters`, file);
    this.next = this.read();
  }

  /** The next token, which stays. */
  get token(): Token {
    return this.next;
  }

  /** Takes the next token. */
  take(): Token {
    const token = this.next;
    this.next = this.read();
    return token;
  }

  /** Whether the next token is a sign or a word; strings never are. */
  is(text: string): boolean {
    const { kind } = this.next;
    return this.next.text === text && (kind === 'sign' || kind === 'name');
  }

  /** Takes the next token if it is this sign or word. */
  accept(text: string): boolean {
    const found = this.is(text);
    if (found) this.take();
    return found;
  }

  expect(text: string): Token {
    if (!this.is(text)) throw this.unexpected(`'${text}'`);
    return this.take();
  }

  /** Takes the comma between two items of a list, which ends with a sign. */
  comma(end: string): void {
    if (!this.accept(',')) throw this.unexpected(`',' or '${end}'`);
  }

  /** Takes a token of a kind; `what` says what it is for. */
  expectKind(kind: TokenKind, what: string): string {
    if (this.next.kind !== kind) throw this.unexpected(what);
    return this.take().text;
  }

  /** Takes the name of a rule, in which signs may stand. */
  takeRuleName(): string {
    const found = matchAt(ruleName, this.text, this.next.at);
    if (found === undefined) throw this.unexpected('the name of a rule');
    this.end = this.next.at + found.length;
    this.next = this.read();
    return found;
  }

  /** Whether the token after the next one is a sign. */
  isFollowedBy(sign: string): boolean {
    const saved = this.end;
    const after = this.read();
    this.end = saved;
    return after.kind === 'sign' && after.text === sign;
  }

  unexpected(what: string): RefoldError {
    const { kind, text } = this.next;
    const found = kind === 'end' ? 'the end' : kind === 'string' ? 'a string' : `'${text}'`;
    return this.error(`expected ${what}, found ${found}`);
  }

  /** An error at a place of the text; at the next token when none is given. */
  error(message: string, at: number = this.next.at): RefoldError {
    const before = this.text.slice(0, at);
    const line = before.split('\n').length;
    const column = at - before.lastIndexOf('\n');
    return dataError(`${this.file ?? 'rules'}:${line}:${column}: ${message}`, this.file);
  }

  private read(): Token {
    this.end += matchAt(space, this.text, this.end)?.length ?? 0;
    const at = this.end;
    if (at >= this.text.length) return { kind: 'end', text: '', at };
    for (const [kind, regExp] of tokens) {
      const found = matchAt(regExp, this.text, at);
      if (found === undefined) continue;
      this.end = at + found.length;
      return { kind, text: this.meaningOf(kind, found, at), at };
    }
    throw this.error(
      `${JSON.stringify(String.fromCodePoint(this.text.codePointAt(at) ?? 0))} is not understood`,
      at,
    );
  }

  private meaningOf(kind: TokenKind, found: string, at: number): string {
    if (kind === 'domain') return found.slice(0, -2);
    if (kind !== 'string') return found;
    try {
      return String(JSON.parse(found));
    } catch {
      throw this.error('a string that is not written as in JSON', at);
    }
  }
}

function matchAt(regExp: RegExp, text: string, at: number): string | undefined {
  regExp.lastIndex = at;
  return regExp.exec(text)?.[0];
}
