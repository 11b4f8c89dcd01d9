/** A set of code points: ranges and Unicode properties, perhaps turned around. */
export interface CharSet {
  /** Pairs of first and last code point. */
  readonly ranges: readonly (readonly [number, number])[];
  readonly properties: readonly CharProperty[];
  readonly negated: boolean;
  /** Whether upper and lower case are the same. */
  readonly foldCase: boolean;
}

/** A Unicode property such as `\p{Greek}`. */
export interface CharProperty {
  readonly pattern: RegExp;
  readonly negated: boolean;
}

export const DIGIT: CharSet['ranges'] = [[0x30, 0x39]];
export const SPACE: CharSet['ranges'] = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
];
export const WORD: CharSet['ranges'] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];

/** The classes that are written `[:name:]` inside brackets. */
export const posixClasses: ReadonlyMap<string, CharSet['ranges']> = new Map<string, CharSet['ranges']>([
  ['alnum', [...DIGIT, [0x41, 0x5a], [0x61, 0x7a]]],
  [
    'alpha',
    [
      [0x41, 0x5a],
      [0x61, 0x7a],
    ],
  ],
  ['ascii', [[0, 0x7f]]],
  [
    'blank',
    [
      [0x09, 0x09],
      [0x20, 0x20],
    ],
  ],
  [
    'cntrl',
    [
      [0, 0x1f],
      [0x7f, 0x7f],
    ],
  ],
  ['digit', DIGIT],
  ['graph', [[0x21, 0x7e]]],
  ['lower', [[0x61, 0x7a]]],
  ['print', [[0x20, 0x7e]]],
  [
    'punct',
    [
      [0x21, 0x2f],
      [0x3a, 0x40],
      [0x5b, 0x60],
      [0x7b, 0x7e],
    ],
  ],
  [
    'space',
    [
      [0x09, 0x0d],
      [0x20, 0x20],
    ],
  ],
  ['upper', [[0x41, 0x5a]]],
  ['word', WORD],
  ['xdigit', [...DIGIT, [0x41, 0x46], [0x61, 0x66]]],
]);

const LAST = 0x10ffff;

/** The code points that are in none of the ranges. */
export function complement(ranges: CharSet['ranges']): CharSet['ranges'] {
  const out: [number, number][] = [];
  let next = 0;
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (first > next) out.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  if (next <= LAST) out.push([next, LAST]);
  return out;
}

export function setContains(set: CharSet, point: number): boolean {
  if (containsExactly(set, point)) return !set.negated;
  if (!set.foldCase) return set.negated;
  return otherCases(point).some((p) => containsExactly(set, p)) !== set.negated;
}

function containsExactly(set: CharSet, point: number): boolean {
  for (const [first, last] of set.ranges) if (point >= first && point <= last) return true;
  if (set.properties.length === 0) return false;
  const char = String.fromCodePoint(point);
  return set.properties.some((p) => p.pattern.test(char) !== p.negated);
}

/** The same letter in other cases, where that is one code point. */
function otherCases(point: number): readonly number[] {
  const char = String.fromCodePoint(point);
  return [char.toLowerCase(), char.toUpperCase()].flatMap((s) => {
    const p = s.codePointAt(0);
    return p === undefined || p === point || String.fromCodePoint(p) !== s ? [] : [p];
  });
}
