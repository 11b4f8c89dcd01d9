import { type CharProperty, type CharSet, complement, DIGIT, SPACE, WORD } from './char-set.ts';
import type { Reader } from './reader.ts';
import { PatternError } from './syntax.ts';

/** A Unicode property, by one letter or by a name in braces; `\\p` or `\\P` is taken. */
export function takeProperty(reader: Reader, negated: boolean): CharProperty {
  const first = reader.take();
  const name = first === '{' ? reader.takeUntil('}') : first;
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

/** The code point that an escape stands for; the backslash and one character after it are taken. */
export function takeEscapedPoint(reader: Reader, char: string): number {
  const control = controls.get(char);
  if (control !== undefined) return control;
  if (char === 'x') return takeHexadecimal(reader);
  if (/[0-7]/.test(char) && (char === '0' || /[0-7]/.test(reader.peek() ?? '')))
    return takeOctal(reader, char);
  if (/[1-9]/.test(char)) throw new PatternError('back-references are not supported');
  if (/[A-Za-z]/.test(char)) throw new PatternError(`\\${char} is not supported`);
  return char.codePointAt(0) ?? 0;
}

function takeHexadecimal(reader: Reader): number {
  const digits = reader.accept('{') ? reader.takeUntil('}') : reader.take() + reader.take();
  const point = /^[0-9A-Fa-f]{1,8}$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
  if (!(point <= 0x10ffff)) throw new PatternError(`\\x${digits} is not a character`);
  return point;
}

function takeOctal(reader: Reader, first: string): number {
  let digits = first;
  while (digits.length < 3 && /[0-7]/.test(reader.peek() ?? '')) digits += reader.take();
  return Number.parseInt(digits, 8);
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
export function perlClass(letter: string): CharSet['ranges'] | undefined {
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
