import { Editor, inferModel, parseModel, printModel } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  commutative,
  compile,
  constant,
  explain,
  no,
  oneOf,
  op,
  optional,
  type Pat,
  product,
  type Rule,
  type RuleSpec,
  rewrite,
  rule,
  sum,
  through,
  value,
  yes,
} from '../index.ts';

// Rules of all kinds, made so that small drawn graphs hold many matches, near misses and refusals of theirs.
const x = value('x', { dtype: 'float' });

function named<C extends object>(name: string, match: Pat<C>, more: Partial<RuleSpec<C>> = {}): Rule {
  return rule({
    name: `test/${name}`,
    doc: 'a test',
    match,
    build: (m, b) => b.node('Elu', [m.$node.inputs[0]]),
    exactness: 'exact',
    phase: 'fuse',
    ...more,
  });
}

const rules: readonly Rule[] = [
  named('future', op('Sigmoid', ['x']), { emits: [{ op: 'Swish', since: 24 }] }),
  named('chain', op('Neg', [op('Tanh', ['x'])])),
  named('gate', commutative('Mul', [x, op('Sigmoid', [x])]), { build: (m, b) => b.node('Swish', [m.x]) }),
  named('sum', sum([op('Tanh', ['x']), op('Neg', ['y']), 1])),
  named('product', product(['x', op('Reciprocal', ['y']), constant('c')])),
  named('rest', sum([op('Sigmoid', ['x']), 'y'], { rest: 'others' })),
  named(
    'optional',
    optional('tagged', op('Tanh', ['x']), (p) => op('Neg', [p])),
  ),
  named('either', op('Relu', [oneOf('which', { a: op('Add', ['x', 'x']), b: op('Mul', ['x', 2]) })])),
  named('through', op('Tanh', [through(['Neg', 'Relu'], op('Sigmoid', ['x']))])),
  named('guarded', op('Add', ['x', 'y']), { guard: (m) => (m.x.useCount > 1 ? yes : no('one-use', 'x')) }),
  named('declines', op('Mul', ['x', 'y']), {
    build: (m, b) => (m.x === m.y ? m.x : m.x.producer ? undefined : b.fail('input')),
  }),
  named('kept', op('Tanh', [op('Neg', ['x'])]), { keep: 'forbidden', emits: [{ op: 'Elu', since: 6 }] }),
  named('at', op('Neg', ['x']), { at: (node) => node.inputs[0]?.producer !== undefined }),
];

const unary = ['Neg', 'Tanh', 'Sigmoid', 'Relu', 'Identity'];
const binary = ['Add', 'Mul', 'Sub', 'Div'];

/** A graph of a few nodes over two inputs and two constants; every value may be read by any later node. */
const graphs = fc
  .array(fc.tuple(fc.nat(unary.length + binary.length - 1), fc.nat(99), fc.nat(99)), {
    minLength: 2,
    maxLength: 9,
  })
  .chain((steps) =>
    fc.tuple(fc.constant(steps), fc.array(fc.nat(steps.length - 1), { minLength: 1, maxLength: 2 })),
  )
  .map(([steps, outs]) => {
    const values = ['a', 'b', 'one', 'two'];
    const nodes = steps.map(([kind, i, j], n) => {
      const [p, q] = [values[i % values.length], values[j % values.length]];
      values.push(`v${n}`);
      const unaryOp = unary[kind];
      return unaryOp ? `v${n} = ${unaryOp} (${p})` : `v${n} = ${binary[kind - unary.length]} (${p}, ${q})`;
    });
    const outputs = [...new Set([...outs, steps.length - 1])].map((n) => `v${n}`);
    return `(float[4] a, float[4] b) => (${outputs.join(', ')}) <float one = {1}, float two = {2}> { ${nodes.join(' ')} }`;
  });

function parsed(text: string) {
  const model = parseModel(`<ir_version: 10, opset_import: ["" : 20]> g ${text}`);
  inferModel(new Editor(model));
  return model;
}

/** Outcomes are counted below, so that the graphs must be the same every time. */
const SEED = Number(process.env.REFOLD_PROPERTY_SEED ?? 1);

const found = new Set(['matched', 'declined', 'opset', 'types', 'safety']);

test('explain says that a rule matches exactly where find does, and that it would be applied exactly where it is', () => {
  const outcomes = new Map<string, number>();
  fc.assert(
    fc.property(graphs, (text) => {
      const model = parsed(text);
      const before = printModel(model);
      for (const one of rules) {
        const { name } = one.spec;
        const compiled = compile([one]);
        const places = new Set([...compiled.find(model.graph)].map((f) => f.match.$node));
        for (const node of model.graph.nodes()) {
          const explanation = explain(compiled, model.graph, name, node);
          const { outcome, root, failed } = explanation;
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
          expect(failed === undefined).toBe(outcome === 'matched');
          const isHere = root === node.label;
          // Above a node that does not match there may be a root that does.
          if (isHere || !places.has(node))
            expect([text, name, isHere && found.has(outcome)]).toEqual([text, name, places.has(node)]);
          const here = rule({ ...one.spec, at: (n) => n.label === node.label && (one.spec.at?.(n) ?? true) });
          const { rewrites } = rewrite(parsed(text), compile([here]), { maxRewrites: 1 });
          expect([text, name, rewrites > 0]).toEqual([text, name, isHere && outcome === 'matched']);
        }
      }
      expect(printModel(model)).toBe(before);
    }),
    { numRuns: 40, seed: SEED },
  );
  for (const outcome of ['matched', 'structure', 'no-anchor', 'guard', 'declined', 'opset', 'safety'])
    expect(outcomes.get(outcome), outcome).toBeGreaterThan(0);
});
