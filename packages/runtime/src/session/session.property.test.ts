import { Editor, type Model, newModel, type Value } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NdValue } from '../tensor/nd-array.ts';
import { fromReals, reals } from '../tensor/reals.ts';
import { createSession } from './session.ts';

/** A node of a random graph: an operator and two of the values before it, by number. */
interface Step {
  readonly op: 'Add' | 'Sub' | 'Max' | 'If';
  readonly a: number;
  readonly b: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom('Add', 'Sub', 'Max', 'If'),
  a: fc.nat(1000),
  b: fc.nat(1000),
});

const graphs = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 30 }),
  outputs: fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 }),
});

const meaning: Record<Step['op'], (a: number, b: number) => number> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Max: Math.max,
  If: (a, b) => a + b,
};

/** The value that a number stands for among those there are. */
function pick<T>(values: readonly T[], at: number): T {
  const value = values[at % values.length];
  if (value === undefined) throw new Error('no values');
  return value;
}

function modelOf({ steps, outputs }: { steps: readonly Step[]; outputs: readonly number[] }): Model {
  const model = newModel(new Map([['', 20]]));
  const editor = new Editor(model);
  const condition = editor.addInput(model.graph, { name: 'c' });
  const values: Value[] = ['x', 'y'].map((name) => editor.addInput(model.graph, { name }));
  const result = (
    graph = model.graph,
    opType: string,
    inputs: Value[],
    branches: Map<string, typeof graph> = new Map(),
  ) => {
    const attributes = [...branches].map(([name, value]) => ({ name, type: 'graph' as const, value }));
    const [value] = editor.createNode({ opType, inputs, outputs: [''], attributes }, { end: graph }).outputs;
    if (!value) throw new Error('no result');
    return value;
  };
  for (const { op, a, b } of steps) {
    const operands = [pick(values, a), pick(values, b)];
    if (op !== 'If') {
      values.push(result(model.graph, op, operands));
      continue;
    }
    // Both branches read values from around.
    const branch = (name: string, inner: string) => {
      const graph = editor.createGraph(name);
      editor.setOutputs(graph, [result(graph, inner, operands)]);
      return graph;
    };
    const branches = new Map([
      ['then_branch', branch('t', 'Add')],
      ['else_branch', branch('e', 'Sub')],
    ]);
    values.push(result(model.graph, 'If', [condition], branches));
  }
  editor.setOutputs(model.graph, [...new Set(outputs.map((at) => pick(values, at)))]);
  return model;
}

test('letting go of values changes no result, and needs no more memory than keeping them', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const numbers = [3, -5];
      for (const { op, a, b } of graph.steps) numbers.push(meaning[op](pick(numbers, a), pick(numbers, b)));
      const scalar = (value: number): NdValue => fromReals('float64', [], [value]);
      const feeds = { c: fromReals('bool', [], [1]), x: scalar(3), y: scalar(-5) };
      const everything = 8 * numbers.length + 100;
      const outputs = createSession(modelOf(graph)).run(feeds, { memoryLimit: everything });
      const got = [...outputs.values()].map((v) => (v.kind === 'tensor' ? reals(v)[0] : undefined));
      const places = [...new Set(graph.outputs.map((at) => at % numbers.length))];
      expect(got).toEqual(places.map((at) => numbers[at]));
    }),
    { numRuns: 200 },
  );
});
