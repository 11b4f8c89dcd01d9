import { expect, test } from 'vitest';
import { orderPasses } from './order.ts';
import { graphPass, type Pass } from './pass.ts';

const pass = (name: string, ...after: readonly string[]): Pass =>
  graphPass({ name, summary: name, after, run: () => 0 });

const names = (passes: readonly Pass[]): readonly string[] => orderPasses(passes).map((p) => p.name);

test('passes without wishes stay as they are listed', () => {
  expect(names([pass('c'), pass('a'), pass('b')])).toEqual(['c', 'a', 'b']);
});

test('what comes after others waits for them, as little as possible', () => {
  expect(names([pass('a', 'c'), pass('b'), pass('c'), pass('d')])).toEqual(['b', 'c', 'a', 'd']);
});

test('names of passes that do not run are no reason to wait', () => {
  expect(names([pass('a', 'z'), pass('b')])).toEqual(['a', 'b']);
});

test('passes that wait for each other are named', () => {
  expect(() => orderPasses([pass('a', 'b'), pass('b', 'a')])).toThrow(/wait for each other: .*a.*b/);
});
