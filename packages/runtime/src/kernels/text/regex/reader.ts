import { PatternError } from './syntax.ts';

/** The characters of a pattern, read from left to right. */
export class Reader {
  private readonly chars: readonly string[];
  private at = 0;

  constructor(text: string) {
    this.chars = [...text];
  }

  get isAtEnd(): boolean {
    return this.at >= this.chars.length;
  }

  /** The character so far ahead; undefined past the end. */
  peek(ahead = 0): string | undefined {
    return this.chars[this.at + ahead];
  }

  /** The next character, which must be there. */
  take(): string {
    const char = this.chars[this.at];
    if (char === undefined) throw new PatternError('the pattern ends too early');
    this.at += 1;
    return char;
  }

  /** Takes a text if it comes next. */
  accept(text: string): boolean {
    for (let i = 0; i < text.length; i += 1) if (this.peek(i) !== text[i]) return false;
    this.skip(text.length);
    return true;
  }

  /** Takes everything up to a character, and that one too, which must be there. */
  takeUntil(end: string): string {
    let text = '';
    for (let char = this.take(); char !== end; char = this.take()) text += char;
    return text;
  }

  /** What comes next, at most so many characters. */
  ahead(count: number): string {
    return this.chars.slice(this.at, this.at + count).join('');
  }

  skip(count: number): void {
    this.at += count;
  }
}
