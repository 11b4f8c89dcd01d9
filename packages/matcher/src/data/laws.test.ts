import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ruleData } from '../../test/arbitrary-rules.ts';
import { canonicalRule } from './canonical.ts';
import { Lexer } from './lexer.ts';
import { parseAll } from './parse-rules.ts';
import { printData } from './print-rule.ts';
import { ruleShape } from './rule-shape.ts';
import { checkShape } from './shape.ts';

const read = (text: string) => parseAll(new Lexer(text)).map((r) => canonicalRule(r.data));

test('text reads back as the data that it was printed from, and prints the same', () => {
  fc.assert(
    fc.property(ruleData, (data) => {
      const rule = canonicalRule(data);
      const text = printData(rule);
      expect(read(text)).toEqual([rule]);
      expect(printData(read(text)[0] ?? rule)).toBe(text);
    }),
    { numRuns: 250 },
  );
});

test('JSON keeps what the text says, and has the form of a rule', () => {
  fc.assert(
    fc.property(ruleData, (data) => {
      const rule = canonicalRule(data);
      checkShape(rule, ruleShape);
      expect(canonicalRule(JSON.parse(JSON.stringify(rule)))).toEqual(rule);
    }),
  );
});
