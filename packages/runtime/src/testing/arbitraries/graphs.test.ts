import { decodeModel, encodeModel, type Model, parseModel, printModel, verifyModel } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareValues } from '../../compare/compare-values.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { kernelOf } from '../../kernels/registry.ts';
import { createSession } from '../../session/session.ts';
import { NdArray } from '../../tensor/nd-array.ts';
import { type GeneratedModel, textOf } from './generated.ts';
import { graphs } from './graphs.ts';
import { operatorNodes } from './operator-nodes.ts';

/** REFOLD_KIT_RUNS looks closer. */
const RUNS = 200 * Number(process.env.REFOLD_KIT_RUNS ?? 1);

const nodesOf = (model: Model): string[] => [...model.graph.nodes()].map((node) => node.opType);

test('graphs are valid, run, and come back from bytes and from text as they were', () => {
  fc.assert(
    fc.property(graphs(), ({ model, feeds }) => {
      expect(verifyModel(model).map((f) => f.message)).toEqual([]);
      const want = createSession(model).run(feeds);
      for (const again of [decodeModel(encodeModel(model)), parseModel(printModel(model))]) {
        expect(verifyModel(again).map((f) => f.message)).toEqual([]);
        const got = createSession(again).run(feeds);
        for (const [name, value] of want) {
          const other = got.get(name);
          expect(other && compareValues(value, other, { share: 0, relative: 0 })?.message).toBeUndefined();
        }
      }
    }),
    { seed: 11, numRuns: RUNS },
  );
});

test('graphs have nested graphs and functions, and read values from around', () => {
  const seen = { nested: 0, functions: 0, captures: 0, deep: 0, nodes: 0 };
  for (const { model } of fc.sample(graphs({ size: [4, 12] }), { seed: 1, numRuns: 200 })) {
    seen.nodes += nodesOf(model).length;
    if (model.functions.size > 0) seen.functions += 1;
    for (const graph of model.graphs()) {
      if (!graph.outer) continue;
      seen.nested += 1;
      if (graph.outer.outer) seen.deep += 1;
      const reads = [...graph.nodes()].flatMap((node) => node.inputs);
      if (reads.some((v) => v && v.graph !== graph && v.producer)) seen.captures += 1;
    }
  }
  expect(seen.nodes / 200).toBeGreaterThan(4);
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
});

test('nesting and functions can be turned off', () => {
  for (const { model } of fc.sample(graphs({ nested: false, functions: false }), { seed: 1, numRuns: 100 })) {
    expect(model.functions.size).toBe(0);
    expect([...model.graphs()]).toHaveLength(1);
  }
});

test('the same seed gives the same graphs', () => {
  const texts = () => fc.sample(graphs(), { seed: 4, numRuns: 20 }).map(textOf);
  expect(texts()).toEqual(texts());
});

test('a property may edit its model: what is shown is as it was drawn', () => {
  const found = fc.check(
    fc.property(graphs({ ops: ['Add', 'Relu'] }), ({ model, plan }) => {
      for (const name of model.opsets.keys()) expect(name).toBe('');
      (model.opsets as Map<string, number>).clear();
      return plan.steps.length < 3;
    }),
    { seed: 2 },
  );
  expect(found.failed).toBe(true);
  expect(fc.stringify(found.counterexample?.[0])).toContain('opset_import: ["" : ');
});

/** The kernel of an operator with an error in it: the last element of its result is wrong. */
function broken(op: string): Kernel {
  const sound = kernelOf('', op);
  if (!sound) throw new Error(`there is no kernel for ${op}`);
  return {
    name: op,
    run(inputs, ctx) {
      const [first, ...rest] = sound.run(inputs, ctx);
      if (first?.kind !== 'tensor' || first.size === 0 || !(first.data instanceof Float32Array))
        return [first, ...rest];
      const data = first.data.slice();
      data[data.length - 1] = (data.at(-1) ?? 0) + 1;
      return [new NdArray(first.dtype, first.dims, data), ...rest];
    },
  };
}

function agrees({ model, feeds }: GeneratedModel, kernels: readonly Kernel[]): boolean {
  const [want, got] = [createSession(model).run(feeds), createSession(model, { kernels }).run(feeds)];
  return [...want].every(([name, value]) => {
    const other = got.get(name);
    return other !== undefined && compareValues(value, other) === undefined;
  });
}

test.each(['Tanh', 'Conv', 'Concat', 'LayerNormalization', 'Transpose'])(
  'a fault in %s shrinks to a graph of one or two nodes',
  (op) => {
    const kernels = [broken(op)];
    const found = fc.check(
      fc.property(graphs({ size: [6, 14] }), (made) => agrees(made, kernels)),
      { seed: 7, numRuns: 3000, endOnFailure: false },
    );
    const [smallest] = found.counterexample ?? [];
    expect(found.failed).toBe(true);
    const nodes = smallest ? [...smallest.model.graphs()].flatMap((graph) => [...graph.nodes()]) : [];
    expect(nodes.map((node) => node.opType).filter((type) => type !== 'Constant')).toContain(op);
    expect(nodes.length, smallest && textOf(smallest)).toBeLessThanOrEqual(2);
  },
);

test('a fault in how an operator reads an attribute shrinks to the attribute', () => {
  const found = fc.check(
    fc.property(operatorNodes({ ops: ['Softmax'], opset: 13, dtypes: ['float32'] }), ({ model }) => {
      const [node] = model.graph.nodes();
      const axis = node?.attributes.get('axis');
      return axis?.type !== 'int' || Number(axis.value) >= 0;
    }),
    { seed: 3 },
  );
  const [smallest] = found.counterexample ?? [];
  const [input] = smallest?.model.graph.inputs ?? [];
  expect(found.failed).toBe(true);
  expect(input?.type).toMatchObject({ dtype: 'float32' });
  expect(smallest && printModel(smallest.model)).toMatch(/\(float\[1(,1)*\] x\)[\s\S]*axis: int = -\d/);
});
