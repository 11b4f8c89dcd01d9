import { Editor, parseModel, RefoldError } from '@refold/ir';
import { expect, test } from 'vitest';
import { model, nodes } from '../../test/support.ts';
import { removeIdentity } from '../identities/identity.ts';
import { defaultPasses } from '../pipelines.ts';
import { nodeRule } from '../support/node-rule.ts';
import { graphPass, type PassContext, rulePass } from './pass.ts';
import { runPasses } from './run.ts';

const text = '(float[2] x) => (float[2] y) { a = Identity (x) b = Neg (a) y = Abs (b) }';

const broken = graphPass({
  name: 'test/broken',
  summary: 'erases a node that is in use, then fails',
  run: ({ editor, model: m }) => {
    const node = m.graph.firstNode;
    if (node) editor.rename(node, 'renamed');
    throw new Error('something went wrong');
  },
});

test('a pass that fails is rolled back and reported, and the others go on', () => {
  const m = model(text);
  const report = runPasses(new Editor(m), [broken, removeIdentity]);
  expect(report.passes.map((p) => [p.name, p.changes, p.error])).toEqual([
    ['test/broken', 0, 'something went wrong'],
    ['identities/identity', 1, undefined],
  ]);
  expect([...m.graph.nodes()].some((n) => n.name === 'renamed')).toBe(false);
  expect(nodes(m)).toBe('b = Neg (x)\ny = Abs (b)');
});

test('a model that Gradient reads by names is left as it is', () => {
  const m = parseModel(`<ir_version: 10, opset_import: ["" : 18, "ai.onnx.preview.training" : 1]>
    g (float[2] x) => (float[2] d) {
      a = Identity (x)
      y = Sin (a)
      d = ai.onnx.preview.training.Gradient <xs = ["x"], y = "y"> (x)
    }`);
  const report = runPasses(new Editor(m), defaultPasses);
  expect(report.passes.every((p) => p.changes === 0)).toBe(true);
  expect(m.graph.nodeCount).toBe(3);
});

test('a rule that throws costs its own pass only', () => {
  const throwing = rulePass({
    name: 'test/throwing',
    summary: 'throws at every Neg',
    rules: [
      nodeRule({
        name: 'test/throwing',
        doc: 'Neg(x) = ?',
        ops: 'Neg',
        exactness: 'exact',
        rewrite: () => {
          throw new TypeError('no such thing');
        },
      }),
    ],
  });
  const m = model(text);
  const report = runPasses(new Editor(m), [throwing, removeIdentity]);
  expect(report.passes.map((p) => [p.name, p.changes, p.error])).toEqual([
    ['test/throwing', 0, 'rule test/throwing failed: no such thing'],
    ['identities/identity', 1, undefined],
  ]);
  expect(nodes(m)).toBe('b = Neg (x)\ny = Abs (b)');
});

test('a check that fails takes the pass back', () => {
  const m = model(text);
  const report = runPasses(new Editor(m), [removeIdentity], {
    check: (pass) => {
      throw new Error(`${pass} is not trusted`);
    },
  });
  expect(report.passes[0]?.error).toBe('identities/identity is not trusted');
  expect(nodes(m)).toContain('Identity');
});

test('an abort ends the run', () => {
  const m = model(text);
  const tick = (): void => {
    throw new RefoldError('usage/aborted', 'the run was aborted');
  };
  const run = (context: PassContext): number => {
    context.tick();
    return 0;
  };
  const ticking = graphPass({ name: 'test/ticking', summary: 'ticks', run });
  expect(() => runPasses(new Editor(m), [ticking], { tick })).toThrow('aborted');
});

test('rounds end when nothing changes, or at the limit', () => {
  let left = 3;
  const counting = graphPass({
    name: 'test/counting',
    summary: 'changes three times',
    run: () => (left-- > 0 ? 1 : 0),
  });
  expect(runPasses(new Editor(model(text)), [counting])).toMatchObject({ stopped: 'settled' });
  const restless = graphPass({ name: 'test/restless', summary: 'always changes', run: () => 1 });
  expect(runPasses(new Editor(model(text)), [restless], { maxRounds: 4 })).toMatchObject({
    stopped: 'round-limit',
    rounds: 4,
  });
});

test('a pass runs only where an operator that it starts from occurs, or comes to occur', () => {
  const started: string[] = [];
  const none = graphPass({ name: 'test/none', summary: 'needs a Sin', over: ['Sin'], run: () => 0 });
  const later = graphPass({ name: 'test/later', summary: 'needs a Cos', over: ['Cos'], run: () => 0 });
  const makesCos = graphPass({
    name: 'test/cos',
    summary: 'turns Abs into Cos',
    over: ['Abs'],
    run: ({ editor, model: m }) => {
      const node = [...m.graph.nodes()].find((n) => n.is('Abs'));
      if (!node) return 0;
      const spec = { opType: 'Cos', inputs: node.inputs, outputs: ['c'] };
      const [cos] = editor.createNode(spec, { before: node }).outputs;
      const [abs] = node.outputs;
      if (abs && cos) editor.replaceAllUses(abs, cos);
      editor.eraseNode(node);
      return 1;
    },
  });
  const onPass = (pass: string): void => {
    started.push(pass);
  };
  runPasses(new Editor(model(text)), [none, later, makesCos], { onPass });
  expect(started).toEqual(['test/cos', 'test/later', 'test/cos']);
});

test('nodes that cannot be right are reported', () => {
  const m = model('(float[2,3] x, float[2,3] z) => (y) { y = MatMul (x, z) }');
  expect(runPasses(new Editor(m), [removeIdentity]).invalid.map((e) => e.code)).toEqual(['model/invalid']);
});
