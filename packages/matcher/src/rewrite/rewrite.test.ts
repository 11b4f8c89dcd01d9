import { inferModel, Editor, type Model, parseModel, printModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { compile, num, op, type Rule, rewrite, rule, value } from '../index.ts';

function model(body: string): Model {
  const m = parseModel(`<ir_version: 10, opset_import: ["" : 20]> g ${body}`);
  inferModel(new Editor(m));
  return m;
}

const twice: Rule = rule({
  name: 'test/relu-relu',
  doc: 'Relu(Relu(x)) = Relu(x)',
  match: op('Relu', [op('Relu', [value('x')])]),
  build: (m, b) => b.node('Relu', [m.x]),
  emits: [{ op: 'Relu', since: 1 }],
  exactness: 'exact',
  phase: 'normalize',
});

test('a match is replaced', () => {
  const m = model('(float[2] x) => (float[2] y) { t = Relu(x) y = Relu(t) }');
  const report = rewrite(m, compile([twice]));
  console.log(printModel(m), report);
  expect(report.applied.get('test/relu-relu')).toBe(1);
});
