import { type CharProperty, type CharSet, complement, DIGIT, posixClasses, SPACE, WORD } from './char-set.ts';
import { type Pattern, PatternError } from './syntax.ts';

/** Groups may be nested as deep as this. */
const MAX_DEPTH = 200;

/** RE2 repeats at most so often by count. */
const MAX_REPEAT = 1000;

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
  const parser = new Parser([...text]);
  return parser.whole();
}

class Parser {
  private readonly chars: readonly string[];
  private at = 0;
  private depth = 0;
  private flags: Flags = { foldCase: false, multiLine: false, dotAll: false };

  constructor(chars: readonly string[]) {
    this.chars = chars;
  }

  whole(): Pattern {
    const pattern = this.choice();
    if (this.at < this.chars.length) throw new PatternError('unexpected )');
    return pattern;
  }

  private peek(ahead = 0): string | undefined {
    return this.chars[this.at + ahead];
  }

  private take(): string {
    const char = this.chars[this.at];
    if (char === undefined) throw new PatternError('the pattern ends too early');
    this.at += 1;
    return char;
  }

  private accept(text: string): boolean {
    for (let i = 0; i < text.length; i += 1) if (this.peek(i) !== text[i]) return false;
    this.at += text.length;
    return true;
  }

  /** Alternatives separated by `|`. */
  private choice(): Pattern {
    const items = [this.sequence()];
    while (this.accept('|')) items.push(this.sequence());
    const [first] = items;
    return items.length === 1 && first ? first : { kind: 'choice', items };
  }

  private sequence(): Pattern {
    const items: Pattern[] = [];
    for (let next = this.peek(); next !== undefined && next !== '|' && next !== ')'; next = this.peek()) {
      if (this.accept('\\Q')) items.push(...this.quoted());
      else items.push(this.repeated(this.atom()));
    }
    return { kind: 'sequence', items };
  }

  /** Literal text up to `\E`. */
  private quoted(): Pattern[] {
    const items: Pattern[] = [];
    while (this.at < this.chars.length && !this.accept('\\E')) items.push(this.literal(this.take()));
    return items;
  }

  private repeated(item: Pattern): Pattern {
    let pattern = item;
    let count = 0;
    for (let bounds = this.quantifier(); bounds; bounds = this.quantifier()) {
      count += 1;
      if (count > 1) throw new PatternError('a repetition of a repetition needs parentheses');
      // Which of several matches comes first does not matter here, so lazy repetition is the same.
      this.accept('?');
      pattern = { kind: 'repeat', item: pattern, least: bounds[0], most: bounds[1] };
    }
    return pattern;
  }

  private quantifier(): readonly [number, number] | undefined {
    if (this.accept('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.accept('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.accept('?')) return [0, 1];
    if (this.peek() !== '{') return undefined;
    const end = this.chars.indexOf('}', this.at);
    const text = end < 0 ? '' : this.chars.slice(this.at + 1, end).join('');
    const match = /^(\d{1,9})(,(\d{0,9}))?$/.exec(text);
    // Braces that are not a count are literal.
    if (!match) return undefined;
    const least = Number(match[1]);
    const most = match[2] === undefined ? least : match[3] ? Number(match[3]) : Number.POSITIVE_INFINITY;
    if (least > MAX_REPEAT || (most > MAX_REPEAT && most !== Number.POSITIVE_INFINITY) || most < least) {
      throw new PatternError(`a repetition of {${text}}`);
    }
    this.at = end + 1;
    return [least, most];
  }

  private atom(): Pattern {
    const char = this.take();
    switch (char) {
      case '(':
        return this.group();
      case '[':
        return { kind: 'set', set: this.brackets() };
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
    if (this.accept('?')) {
      if (this.accept('P<') || this.namedGroup()) this.groupName();
      // Flags alone hold up to the end of the group around them.
      else if (this.flagGroup() === ')') return { kind: 'empty' };
    }
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new PatternError('groups are nested too deep');
    const pattern = this.choice();
    if (!this.accept(')')) throw new PatternError('a group is not closed');
    this.depth -= 1;
    this.flags = outer;
    return pattern;
  }

  /** Takes a `<` that begins a name, not a look-behind. */
  private namedGroup(): boolean {
    return this.peek(1) !== '=' && this.peek(1) !== '!' && this.accept('<');
  }

  private groupName(): void {
    let name = '';
    for (let char = this.take(); char !== '>'; char = this.take()) name += char;
    if (!/^\w+$/.test(name)) throw new PatternError(`a group cannot have the name ${name}`);
  }

  /** Flags such as `i` and `-s`; gives the character that ends them, `:` or `)`. */
  private flagGroup(): string {
    let { foldCase, multiLine, dotAll } = this.flags;
    let on = true;
    for (;;) {
      const char = this.take();
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
    const char = this.take();
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
        return this.set([], [this.property(char === 'P')]);
      default: {
        const ranges = perlClass(char);
        if (ranges) return this.set(ranges);
        const point = this.escapedPoint(char);
        return this.set([[point, point]]);
      }
    }
  }

  /** A Unicode property, by one letter or by a name in braces. */
  private property(negated: boolean): CharProperty {
    let name = this.take();
    if (name === '{') {
      name = '';
      for (let char = this.take(); char !== '}'; char = this.take()) name += char;
    }
    const turned = name.startsWith('^');
    const plain = turned ? name.slice(1) : name;
    for (const spelling of [plain, `Script=${plain}`]) {
      try {
        return { pattern: new RegExp(`^\\p{${spelling}}$`, 'u'), negated: negated !== turned };
      } catch {
        // Not a name of that kind.
      }
    }
    throw new PatternError(`\\p{${name}} is not known`);
  }

  /** The code point that an escape stands for. */
  private escapedPoint(char: string): number {
    const control = controls.get(char);
    if (control !== undefined) return control;
    if (char === 'x') return this.hexadecimal();
    if (/[0-7]/.test(char) && (char === '0' || /[0-7]/.test(this.peek() ?? ''))) return this.octal(char);
    if (/[1-9]/.test(char)) throw new PatternError('back-references are not supported');
    if (/[A-Za-z]/.test(char)) throw new PatternError(`\\${char} is not supported`);
    return char.codePointAt(0) ?? 0;
  }

  private hexadecimal(): number {
    let digits = '';
    if (this.accept('{')) for (let char = this.take(); char !== '}'; char = this.take()) digits += char;
    else digits = this.take() + this.take();
    const point = /^[0-9A-Fa-f]{1,8}$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
    if (!(point <= 0x10ffff)) throw new PatternError(`\\x${digits} is not a character`);
    return point;
  }

  private octal(first: string): number {
    let digits = first;
    while (digits.length < 3 && /[0-7]/.test(this.peek() ?? '')) digits += this.take();
    return Number.parseInt(digits, 8);
  }

  /** A set in brackets; the opening one is taken. */
  private brackets(): CharSet {
    const negated = this.accept('^');
    const ranges: (readonly [number, number])[] = [];
    const properties: CharProperty[] = [];
    for (let first = true; first || this.peek() !== ']'; first = false) {
      const named = this.namedRanges();
      if (named) {
        ranges.push(...named);
        continue;
      }
      if (this.peek() === '\\' && (this.peek(1) === 'p' || this.peek(1) === 'P')) {
        this.at += 1;
        properties.push(this.property(this.take() === 'P'));
        continue;
      }
      const low = this.setMember();
      const isRange = this.peek() === '-' && this.peek(1) !== ']' && this.peek(1) !== undefined;
      if (isRange) this.at += 1;
      const high = isRange ? this.setMember() : low;
      if (high < low) throw new PatternError('a range runs backwards');
      ranges.push([low, high]);
    }
    this.at += 1;
    return { ranges, properties, negated, foldCase: this.flags.foldCase };
  }

  /** `[:alpha:]` and `\d` inside brackets. */
  private namedRanges(): CharSet['ranges'] | undefined {
    if (this.peek() === '[' && this.peek(1) === ':') {
      const match = /^\[:(\^?)([a-z]+):\]/.exec(this.chars.slice(this.at, this.at + 12).join(''));
      const ranges = match && posixClasses.get(match[2] ?? '');
      if (!match || !ranges) throw new PatternError('a class that is not known');
      this.at += match[0].length;
      return match[1] === '^' ? complement(ranges) : ranges;
    }
    const ranges = this.peek() === '\\' ? perlClass(this.peek(1) ?? '') : undefined;
    if (ranges) this.at += 2;
    return ranges;
  }

  private setMember(): number {
    const char = this.take();
    return char === '\\' ? this.escapedPoint(this.take()) : (char.codePointAt(0) ?? 0);
  }
}

const controls: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);

/** The classes that are one letter; ASCII only, as in RE2. */
function perlClass(letter: string): CharSet['ranges'] | undefined {
  switch (letter) {
    case 'd':
      return DIGIT;
    case 'D':
      return complement(DIGIT);
    case 's':
      return SPACE;
    case 'S':
      return complement(SPACE);
    case 'w':
      return WORD;
    case 'W':
      return complement(WORD);
    default:
      return undefined;
  }
}
