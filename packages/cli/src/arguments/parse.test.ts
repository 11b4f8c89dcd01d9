import { expect, test } from 'vitest';
import type { Command } from './command.ts';
import { nearest } from './nearest.ts';
import { type Arguments, parseArguments } from './parse.ts';

const group = 'Options';
const command: Command = {
  name: 'paint',
  summary: 'paint a wall',
  operands: [
    { name: 'WALL', text: 'what to paint' },
    { name: 'COPY', text: 'another one', optional: true },
  ],
  options: [
    { name: '--fast', short: '-f', takes: { kind: 'nothing' }, text: '', group },
    { name: '--coats', takes: { kind: 'one', word: 'N' }, text: '', group },
    { name: '--sign', takes: { kind: 'attached', word: 'NAME' }, text: '', group },
    {
      name: '--colors',
      takes: { kind: 'many', word: 'COLOR', more: (w) => /^(red|blue)$/.test(w) },
      text: '',
      group,
    },
  ],
  foreign: {
    synonyms: [
      { name: '--colours', means: '--colors' },
      { name: '--twice', means: '--coats', words: ['2'] },
      { name: '--bright', means: '--colors', otherwise: { words: ['red'], fits: (w) => w === 'blue' } },
    ],
    ignored: [
      { name: '--brush', takesWord: true, because: 'there is one brush' },
      { name: '--wet', because: 'paint is wet' },
    ],
    refused: [{ matches: /^--spray/, sentence: 'use --fast' }],
  },
  run() {},
};

const parse = (line: string): Arguments => parseArguments(command, line.split(' '));
const refusal = (line: string): string => {
  try {
    parse(line);
    return 'none';
  } catch (error) {
    return error instanceof Error && 'hint' in error ? `${error.message}; ${error.hint}` : String(error);
  }
};

test('operands and options may come in any order', () => {
  for (const line of ['wall copy --coats 3 -f', '--coats 3 --fast wall copy', 'wall --coats=3 -f copy']) {
    const args = parse(line);
    expect(args.operands).toEqual(['wall', 'copy']);
    expect(args.last('--coats')).toBe('3');
    expect(args.has('--fast')).toBe(true);
    expect(args.has('--sign')).toBe(false);
  }
});

test('a list takes the word after it, and more as long as they fit', () => {
  expect(parse('--colors red wall').all('--colors')).toEqual(['red']);
  expect(parse('--colors red blue wall copy').operands).toEqual(['wall', 'copy']);
  expect(parse('--colors green blue wall').all('--colors')).toEqual(['green', 'blue']);
  expect(parse('wall --colors red --fast blue').operands).toEqual(['wall', 'blue']);
  expect(parse('--colors=red blue --colors red wall').all('--colors')).toEqual(['red', 'blue', 'red']);
  expect(parse('--colors red -- blue red').operands).toEqual(['blue', 'red']);
});

test('a later word overrides an earlier one, and words may hold anything behind =', () => {
  expect(parse('wall --coats 1 --coats 2').last('--coats')).toBe('2');
  expect(parse('wall --coats=-1').last('--coats')).toBe('-1');
  expect(parse('wall --coats=a=b').last('--coats')).toBe('a=b');
});

test('a word that may be attached is never one that stands by itself', () => {
  expect(parse('--sign wall').operands).toEqual(['wall']);
  expect(parse('--sign wall').all('--sign')).toEqual([]);
  expect(parse('--sign=me wall').last('--sign')).toBe('me');
});

test('behind -- everything is an operand', () => {
  expect(parse('-- --fast -f').operands).toEqual(['--fast', '-f']);
  expect(parse('- wall').operands).toEqual(['-', 'wall']);
});

test('options of other tools stand for ours', () => {
  expect(parse('--colours red blue wall').all('--colors')).toEqual(['red', 'blue']);
  expect(parse('--twice wall').last('--coats')).toBe('2');
  expect(parse('--bright wall').all('--colors')).toEqual(['red']);
  expect(parse('--bright blue wall').all('--colors')).toEqual(['blue']);
  expect(parse('--brush big --wet wall').operands).toEqual(['wall']);
  expect(parse('--brush=big wall').operands).toEqual(['wall']);
});

test('what the tables do not know is refused with a way out', () => {
  expect(refusal('wall --caots 3')).toBe('there is no option --caots; did you mean --coats?');
  expect(refusal('wall --xyz')).toBe('there is no option --xyz; see refold paint --help');
  expect(refusal('wall -x')).toBe('there is no option -x; see refold paint --help');
  expect(refusal('wall --spray-can')).toBe('--spray-can is not supported: use --fast; undefined');
  expect(refusal('wall --coats')).toBe('--coats needs N; see refold paint --help');
  expect(refusal('wall --coats --fast')).toBe('--coats needs N; see refold paint --help');
  expect(refusal('wall --fast=1')).toBe('--fast takes no value; undefined');
  expect(refusal('wall --twice=1')).toBe('--twice takes no value; undefined');
  expect(refusal('--fast')).toBe('WALL is missing: what to paint; see refold paint --help');
  expect(refusal('a b c')).toBe(
    "unexpected argument 'c': refold paint takes only WALL [COPY]; see refold paint --help",
  );
  expect(refusal('--colors red')).toBe(
    'WALL is missing: what to paint; put model files before lists, or -- between them',
  );
});

test('who asks for help need not give operands', () => {
  expect(parse('--help').has('--help')).toBe(true);
  expect(parse('-v').has('--version')).toBe(true);
});

test('asking for an option that is in no table is a mistake of ours', () => {
  expect(() => parse('wall').has('--unknown')).toThrow('has no option');
});

test('the nearest name is near', () => {
  expect(nearest('--onyl', ['--only', '--skip'])).toBe('--only');
  expect(nearest('lnear/conv-bn', ['linear/conv-bn', 'linear/pad'])).toBe('linear/conv-bn');
  expect(nearest('--frobnicate', ['--only', '--skip'])).toBeUndefined();
  expect(nearest('x'.repeat(100_000), ['--only'])).toBeUndefined();
});
