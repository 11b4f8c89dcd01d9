import { takeBrackets } from './brackets.ts';
import { type CharProperty, type CharSet, complement } from './char-set.ts';
import { perlClass, takeEscapedPoint, takeProperty } from './escapes.ts';
import { Reader } from './reader.ts';
import { type Pattern, PatternError } from './syntax.ts';

/** Groups may be nested as deep as this. */
const MAX_DEPTH = 200;

/** RE2 repeats at most so often by count. */
const MAX_REPEAT = 1000;

/** The longest text between braces that is a count, with them. */
const LONGEST_COUNT = '{999999999,999999999}'.length;

interface Flags {
  readonly foldCase: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
}

/**
 * Reads a pattern in the syntax of RE2. It has no back-references and no look-around, so that matching is
 * linear in the text. Throws {@link PatternError}.
 */
export function parsePattern(text: string): Pattern {
  return new Parser(new Reader(text)).whole();
}

class Parser {
  private readonly reader: Reader;
  private depth = 0;
  private flags: Flags = { foldCase: false, multiLine: false, dotAll: false };

  constructor(reader: Reader) {
    this.reader = reader;
  }

  whole(): Pattern {
    const pattern = this.choice();
    if (!this.reader.isAtEnd) throw new PatternError('unexpected )');
    return pattern;
  }

  /** Alternatives separated by `|`. */
  private choice(): Pattern {
    const items = [this.sequence()];
    while (this.reader.accept('|')) items.push(this.sequence());
    const [first] = items;
    return items.length === 1 && first ? first : { kind: 'choice', items };
  }

  private sequence(): Pattern {
    const items: Pattern[] = [];
    for (
      let next = this.reader.peek();
      next !== undefined && next !== '|' && next !== ')';
      next = this.reader.peek()
    ) {
      if (this.reader.accept('\\Q')) items.push(...this.quoted());
      else items.push(this.repeated(this.atom()));
    }
    return { kind: 'sequence', items };
  }

  /** Literal text up to `\E`. */
  private quoted(): Pattern[] {
    const items: Pattern[] = [];
    while (!this.reader.isAtEnd && !this.reader.accept('\\E')) items.push(this.literal(this.reader.take()));
    return items;
  }

  private repeated(item: Pattern): Pattern {
    let pattern = item;
    let count = 0;
    for (let bounds = this.quantifier(); bounds; bounds = this.quantifier()) {
      count += 1;
      if (count > 1) throw new PatternError('a repetition of a repetition needs parentheses');
      // Which of several matches comes first does not matter here, so lazy repetition is the same.
      this.reader.accept('?');
      pattern = { kind: 'repeat', item: pattern, least: bounds[0], most: bounds[1] };
    }
    return pattern;
  }

  private quantifier(): readonly [number, number] | undefined {
    if (this.reader.accept('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.reader.accept('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.reader.accept('?')) return [0, 1];
    if (this.reader.peek() !== '{') return undefined;
    const match = /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(this.reader.ahead(LONGEST_COUNT));
    // Braces that are not a count are literal.
    if (!match) return undefined;
    const least = Number(match[1]);
    const most = match[2] === undefined ? least : match[3] ? Number(match[3]) : Number.POSITIVE_INFINITY;
    if (least > MAX_REPEAT || (most > MAX_REPEAT && most !== Number.POSITIVE_INFINITY) || most < least) {
      throw new PatternError(`a repetition of ${match[0]}`);
    }
    this.reader.skip(match[0].length);
    return [least, most];
  }

  private atom(): Pattern {
    const char = this.reader.take();
    switch (char) {
      case '(':
        return this.group();
      case '[':
        return { kind: 'set', set: takeBrackets(this.reader, this.flags.foldCase) };
      case '.':
        return this.set(this.flags.dotAll ? complement([]) : complement([[0x0a, 0x0a]]));
      case '^':
        return { kind: 'assert', what: this.flags.multiLine ? 'line-start' : 'text-start' };
      case '$':
        return { kind: 'assert', what: this.flags.multiLine ? 'line-end' : 'text-end' };
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
        throw new PatternError(`nothing to repeat before ${char}`);
      default:
        return this.literal(char);
    }
  }

  private group(): Pattern {
    const outer = this.flags;
    if (this.reader.accept('?')) {
      if (this.reader.accept('P<') || this.namedGroup()) this.groupName();
      // Flags alone hold up to the end of the group around them.
      else if (this.flagGroup() === ')') return { kind: 'empty' };
    }
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new PatternError('groups are nested too deep');
    const pattern = this.choice();
    if (!this.reader.accept(')')) throw new PatternError('a group is not closed');
    this.depth -= 1;
    this.flags = outer;
    return pattern;
  }

  /** Takes a `<` that begins a name, not a look-behind. */
  private namedGroup(): boolean {
    return this.reader.peek(1) !== '=' && this.reader.peek(1) !== '!' && this.reader.accept('<');
  }

  private groupName(): void {
    const name = this.reader.takeUntil('>');
    if (!/^\w+$/.test(name)) throw new PatternError(`a group cannot have the name ${name}`);
  }

  /** Flags such as `i` and `-s`; gives the character that ends them, `:` or `)`. */
  private flagGroup(): string {
    let { foldCase, multiLine, dotAll } = this.flags;
    let on = true;
    for (;;) {
      const char = this.reader.take();
      if (char === '-') on = false;
      else if (char === 'i') foldCase = on;
      else if (char === 'm') multiLine = on;
      else if (char === 's') dotAll = on;
      else if (char === ':' || char === ')') {
        this.flags = { foldCase, multiLine, dotAll };
        return char;
      } else if (char !== 'U') throw new PatternError(`(?${char} is not supported`);
    }
  }

  private set(ranges: CharSet['ranges'], properties: readonly CharProperty[] = []): Pattern {
    return { kind: 'set', set: { ranges, properties, negated: false, foldCase: this.flags.foldCase } };
  }

  private literal(char: string): Pattern {
    const point = char.codePointAt(0) ?? 0;
    return this.set([[point, point]]);
  }

  private escape(): Pattern {
    const char = this.reader.take();
    switch (char) {
      case 'A':
        return { kind: 'assert', what: 'text-start' };
      case 'z':
        return { kind: 'assert', what: 'text-end' };
      case 'b':
        return { kind: 'assert', what: 'word-edge' };
      case 'B':
        return { kind: 'assert', what: 'no-word-edge' };
      case 'p':
      case 'P':
        return this.set([], [takeProperty(this.reader, char === 'P')]);
      default: {
        const ranges = perlClass(char);
        if (ranges) return this.set(ranges);
        const point = takeEscapedPoint(this.reader, char);
        return this.set([[point, point]]);
      }
    }
  }
}
