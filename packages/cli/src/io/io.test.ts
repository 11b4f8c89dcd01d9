import { ModelError, RefoldError } from '@refold/ir';
import { allPasses } from '@refold/passes';
import { expect, test } from 'vitest';
import { describeError, exitCodeOf } from './exit.ts';
import { isBytes, isNamedShape, parseBytes, parseCount, parseNumber, parseShape } from './parse-values.ts';
import { aliases } from './pass-aliases.ts';
import { everyPass, isPassWord, passNames } from './pass-names.ts';
import { printable } from './printable.ts';
import { ProgressLine } from './progress.ts';

const names = allPasses.map((p) => p.name);

test.each([...aliases])('the alias %s stands for passes that exist', (alias, targets) => {
  for (const target of targets) expect(target.endsWith('/') || names.includes(target)).toBe(true);
  expect(passNames([alias], 'skip')?.length).toBeGreaterThanOrEqual(targets.length);
});

test('what is never done can be skipped, but not asked for', () => {
  expect(passNames(['rename_input_output', 'nop'], 'skip')).toEqual([]);
  expect(() => passNames(['nop'], 'run')).toThrow("refold has no equivalent of the pass 'nop'");
});

test('passes are named by name, family, alias or all at once', () => {
  expect(passNames(['linear/conv-bn'], 'run')).toEqual(['linear/conv-bn']);
  const linear = names.filter((n) => n.startsWith('linear/'));
  expect(passNames(['linear'], 'run')).toEqual(linear);
  expect(passNames(['linear/'], 'run')).toEqual(linear);
  expect(passNames(['fuse_bn_into_conv'], 'run')).toEqual(['linear/conv-bn']);
  expect(passNames(everyPass, 'run')?.toSorted()).toEqual(names.toSorted());
  expect(passNames(undefined, 'run')).toBeUndefined();
});

test('"none" is not a pass, and stands alone', () => {
  expect(passNames(['none'], 'run')).toEqual([]);
  expect(isPassWord('none')).toBe(true);
  expect(() => passNames(['none', 'linear'], 'run')).toThrow('none cannot be combined with other passes');
});

test('unknown passes are refused, names of built-in properties too', () => {
  for (const word of ['toString', '__proto__', 'linear/nothing', '', '/']) {
    expect(isPassWord(word)).toBe(false);
    expect(() => passNames([word], 'run')).toThrow(`there is no pass '${word}'`);
  }
});

test('shapes are sizes behind a name that may hold colons', () => {
  expect(parseShape('x:1,3,224,224')).toEqual(['x', [1, 3, 224, 224]]);
  expect(parseShape('a:b:2x3')).toEqual(['a:b', [2, 3]]);
  expect(parseShape('2,3')).toEqual(['', [2, 3]]);
  expect(parseShape('scalar:')).toEqual(['scalar', []]);
  for (const word of ['x:1,-1', 'x:N', 'x:1,,2', 'x:1.5', 'x: 1', 'x:9999999999999999999']) {
    expect(() => parseShape(word)).toThrow('is not a shape');
  }
  expect(isNamedShape('x:1,3')).toBe(true);
  expect(isNamedShape('model.onnx')).toBe(false);
  expect(isNamedShape('3')).toBe(false);
});

test('sizes in bytes have units', () => {
  expect(parseBytes('4096')).toBe(4096);
  expect(parseBytes('16KB')).toBe(16384);
  expect(parseBytes('1.5gb')).toBe(1.5 * 2 ** 30);
  expect(parseBytes('2MiB')).toBe(2 ** 21);
  for (const word of ['', 'many', '-1', '1XB', 'constructor', '1 KB']) {
    expect(isBytes(word)).toBe(false);
    expect(() => parseBytes(word)).toThrow(`'${word}' is not a size in bytes`);
  }
});

test('counts are whole, tolerances are not negative', () => {
  expect(parseCount('12')).toBe(12);
  expect(() => parseCount('1e3')).toThrow("'1e3' is not a whole number");
  expect(parseNumber('1e-4')).toBe(1e-4);
  for (const word of ['', 'NaN', '-1', 'Infinity'])
    expect(() => parseNumber(word)).toThrow('is not a number of 0 or more');
});

test('text from models cannot do anything to a terminal', () => {
  expect(printable('a\u001b[31m\n\u202e\ud800b')).toBe('a\\u{1b}[31m\\u{a}\\u{202e}\\u{d800}b');
  expect(printable('x'.repeat(1000))).toHaveLength(400);
  expect(printable('日本語 é')).toBe('日本語 é');
});

test('an error is one short line that says what, where and what to do', () => {
  const where = { file: 'm.onnx', graph: 'g', node: 'n' };
  expect(describeError(new ModelError('model/invalid', 'it is bad', where))).toBe(
    "refold: it is bad (m.onnx, graph 'g', node 'n')",
  );
  expect(describeError(new ModelError('model/invalid', "node 'n' of m.onnx is bad", where))).toBe(
    "refold: node 'n' of m.onnx is bad (graph 'g')",
  );
  expect(describeError(new RefoldError('usage/option', 'no', {}, 'Say yes.'))).toBe('refold: no; say yes');
  expect(describeError(new TypeError('x is\nundefined'))).toBe(
    'refold: internal error: x is undefined (please report this with the output of --debug)',
  );
  expect(describeError('\u001b[2J')).not.toContain('\u001b');
  expect(describeError(new RefoldError('model/wire', 'y'.repeat(9999)))).toHaveLength(400);
});

test('the exit status says whose fault it is', () => {
  const code = (c: ConstructorParameters<typeof RefoldError>[0]) => exitCodeOf(new RefoldError(c, ''));
  expect(code('check/different')).toBe(1);
  expect(code('usage/option')).toBe(2);
  expect(code('model/limit')).toBe(3);
  expect(code('file/read')).toBe(4);
  expect(code('internal/bug')).toBe(5);
  expect(exitCodeOf(new RangeError())).toBe(5);
  expect(exitCodeOf(undefined)).toBe(5);
});

test('progress is shown on terminals only, and taken away again', async () => {
  const shown = async (isTTY: boolean): Promise<string> => {
    let text = '';
    const progress = new ProgressLine({ isTTY, write: (t: string) => (text += t) }, 0);
    progress.update({ stage: 'simplify', pass: 'linear/pad', round: 0 });
    progress.clear();
    return text;
  };
  expect(await shown(true)).toBe('\r\u001b[2Ksimplify: linear/pad, round 1\r\u001b[2K');
  expect(await shown(false)).toBe('');
});
