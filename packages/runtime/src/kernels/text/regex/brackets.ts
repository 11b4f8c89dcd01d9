import { type CharProperty, type CharSet, complement, posixClasses } from './char-set.ts';
import { perlClass, takeEscapedPoint, takeProperty } from './escapes.ts';
import type { Reader } from './reader.ts';
import { PatternError } from './syntax.ts';

/** A set in brackets; the opening one is taken. */
export function takeBrackets(reader: Reader, foldCase: boolean): CharSet {
  const negated = reader.accept('^');
  const ranges: (readonly [number, number])[] = [];
  const properties: CharProperty[] = [];
  for (let first = true; first || reader.peek() !== ']'; first = false) {
    const named = takeNamedRanges(reader);
    if (named) {
      ranges.push(...named);
      continue;
    }
    if (reader.peek() === '\\' && (reader.peek(1) === 'p' || reader.peek(1) === 'P')) {
      reader.skip(1);
      properties.push(takeProperty(reader, reader.take() === 'P'));
      continue;
    }
    const low = takeMember(reader);
    const isRange = reader.peek() === '-' && reader.peek(1) !== ']' && reader.peek(1) !== undefined;
    if (isRange) reader.skip(1);
    const high = isRange ? takeMember(reader) : low;
    if (high < low) throw new PatternError('a range runs backwards');
    ranges.push([low, high]);
  }
  reader.skip(1);
  return { ranges, properties, negated, foldCase };
}

/** `[:alpha:]` and `\d` inside brackets. */
function takeNamedRanges(reader: Reader): CharSet['ranges'] | undefined {
  if (reader.peek() === '[' && reader.peek(1) === ':') {
    const match = /^\[:(\^?)([a-z]+):\]/.exec(reader.ahead(12));
    const ranges = match && posixClasses.get(match[2] ?? '');
    if (!match || !ranges) throw new PatternError('a class that is not known');
    reader.skip(match[0].length);
    return match[1] === '^' ? complement(ranges) : ranges;
  }
  const ranges = reader.peek() === '\\' ? perlClass(reader.peek(1) ?? '') : undefined;
  if (ranges) reader.skip(2);
  return ranges;
}

function takeMember(reader: Reader): number {
  const char = reader.take();
  return char === '\\' ? takeEscapedPoint(reader, reader.take()) : (char.codePointAt(0) ?? 0);
}
