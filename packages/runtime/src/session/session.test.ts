import {
  Editor,
  type Graph,
  type NodeSpec,
  newModel,
  RefoldError,
  symbolDim,
  tensorOf,
  tensorType,
  type Value,
} from '@refold/ir';
import { expect, test } from 'vitest';
import type { Kernel } from '../kernels/kernel.ts';
import type { NdArray } from '../tensor/nd-array.ts';
import { asTensor, fromReals, reals } from '../tensor/reals.ts';
import { createSession } from './session.ts';

// Kernels of a domain of the tests' own, so that these tests are about sessions alone.
const kernels: readonly Kernel[] = [
  {
    domain: 'test',
    name: 'Double',
    run: ([x], ctx) => {
      const a = asTensor(x, ctx, 0);
      const out = ctx.alloc('float32', a.dims);
      reals(a).forEach((v, i) => {
        out.data[i] = v * (ctx.op.float('by') ?? 2);
      });
      return [out];
    },
  },
  {
    domain: 'test',
    name: 'Repeat',
    run: ([x], ctx) => {
      const body = ctx.op.graph('body');
      let state = x;
      for (let i = 0; i < (ctx.op.int('times') ?? 1); i += 1) if (body) [state] = ctx.runGraph(body, [state]);
      return [state];
    },
  },
  { domain: 'test', name: 'Draw', run: (_, ctx) => [fromReals('float64', [], [ctx.random()])] },
];

class Build {
  readonly model = newModel(
    new Map([
      ['', 20],
      ['test', 1],
    ]),
  );
  readonly editor = new Editor(this.model);

  input(name: string, graph = this.model.graph, size: number | undefined = undefined): Value {
    const type = size === undefined ? undefined : tensorType('float32', [size]);
    return this.editor.addInput(graph, { name, type });
  }

  node(
    opType: string,
    inputs: (Value | undefined)[],
    more: Partial<NodeSpec> = {},
    graph = this.model.graph,
  ): Value {
    const node = this.editor.createNode(
      { opType, domain: 'test', inputs, outputs: [''], ...more },
      { end: graph },
    );
    const [output] = node.outputs;
    if (!output) throw new Error('a node of these tests has one output');
    return output;
  }

  outputs(values: Value[], graph: Graph = this.model.graph): void {
    this.editor.setOutputs(graph, values);
  }
}

function vector(...values: number[]): NdArray {
  return fromReals('float32', [values.length], values);
}

test('a chain of nodes runs in order, and its values are let go as soon as nobody needs them', () => {
  const b = new Build();
  let x = b.input('x');
  for (let i = 0; i < 10; i += 1) x = b.node('Double', [x]);
  b.outputs([x]);
  const session = createSession(b.model, { kernels });
  const out = session.run({ x: vector(1, -1) }, { memoryLimit: 3 * 8 });
  expect(out.get(x.name)).toEqual(vector(1024, -1024));
  expect(() => session.run({ x: vector(1, -1) }, { memoryLimit: 8 })).toThrow(/memory limit/);
});

test('a nested graph reads values of the graph around it, which live until it has run for the last time', () => {
  const b = new Build();
  const x = b.input('x');
  const doubled = b.node('Double', [x]);
  const body = b.editor.createGraph('body');
  b.input('state', body);
  const inner = b.node('Double', [doubled], {}, body);
  b.outputs([inner], body);
  const y = b.node('Repeat', [x], {
    attributes: [
      { name: 'body', type: 'graph', value: body },
      { name: 'times', type: 'int', value: 3 },
    ],
  });
  b.outputs([y]);
  const seen: string[] = [];
  const out = createSession(b.model, { kernels }).run(
    { x: vector(1) },
    { onNode: (e) => seen.push(`${e.depth} ${e.node.opType}`) },
  );
  expect(out.get(y.name)).toEqual(vector(4));
  expect(seen).toEqual(['0 Double', '1 Double', '1 Double', '1 Double', '0 Repeat']);
});

test('an initializer is converted once; one that is also an input may be overridden', () => {
  const b = new Build();
  const tensor = tensorOf('float32', [1], [5]);
  const w = b.editor.addInput(b.model.graph, { name: 'w', tensor, overridable: true });
  const y = b.node('Double', [w]);
  b.outputs([y]);
  const session = createSession(b.model, { kernels });
  expect(session.inputs).toEqual([{ name: 'w', type: undefined, required: false }]);
  expect(session.run({}).get(y.name)).toEqual(vector(10));
  expect(session.run({ w: vector(7) }).get(y.name)).toEqual(vector(14));
});

test('a call of a function sees attributes of the call, defaults, and absent inputs as absent', () => {
  const b = new Build();
  const body = b.editor.createGraph('Scaled');
  const a = b.input('a', body);
  b.input('b', body);
  const by = { name: 'by', type: 'reference', value: 'factor', of: 'float' } as const;
  b.outputs([b.node('Double', [a], { attributes: [by] }, body)], body);
  b.editor.addFunction({
    domain: 'test',
    name: 'Scaled',
    overload: '',
    body,
    attributes: [],
    defaults: new Map([['factor', { name: 'factor', type: 'float', value: 10 }]]),
    opsets: new Map([['test', 1]]),
    origin: undefined,
  });
  const x = b.input('x');
  const y = b.node('Scaled', [x]);
  const z = b.node('Scaled', [x], { attributes: [{ name: 'factor', type: 'float', value: -1 }] });
  b.outputs([y, z]);
  const out = createSession(b.model, { kernels }).run({ x: vector(3) });
  expect([out.get(y.name), out.get(z.name)]).toEqual([vector(30), vector(-3)]);
});

test('a function that calls itself is stopped', () => {
  const b = new Build();
  const body = b.editor.createGraph('Forever');
  const a = b.input('a', body);
  b.outputs([b.node('Forever', [a], {}, body)], body);
  b.editor.addFunction({
    domain: 'test',
    name: 'Forever',
    overload: '',
    body,
    attributes: [],
    defaults: new Map(),
    opsets: new Map(),
    origin: undefined,
  });
  b.outputs([b.node('Forever', [b.input('x')])]);
  expect(() => createSession(b.model, { kernels }).run({ x: vector(1) })).toThrow(/nested deeper than 100/);
});

test('an operator without a kernel is named before anything runs', () => {
  const b = new Build();
  b.outputs([b.node('Unheard', [b.input('x')], { name: 'n1' })]);
  const error = caught(() => createSession(b.model, { kernels }));
  expect(error).toMatchObject({ code: 'model/unsupported', where: { node: 'n1', op: 'test.Unheard' } });
});

test('an error in a kernel says in which node of which graph it happened', () => {
  const b = new Build();
  const broken: Kernel = {
    domain: 'test',
    name: 'Broken',
    run: (_, ctx) => {
      throw ctx.op.invalid('it cannot be');
    },
  };
  b.outputs([b.node('Broken', [], { name: 'n2' })]);
  const error = caught(() => createSession(b.model, { kernels: [broken] }).run({}));
  expect(error).toMatchObject({
    code: 'model/invalid',
    where: { graph: 'graph', node: 'n2', op: 'test.Broken' },
  });
});

test('huge and negative results are refused before memory is asked for', () => {
  const b = new Build();
  const sized = (dims: number[]): Kernel => ({
    domain: 'test',
    name: 'Big',
    run: (_, ctx) => [ctx.alloc('int8', dims)],
  });
  b.outputs([b.node('Big', [])]);
  const run = (dims: number[]) =>
    caught(() => createSession(b.model, { kernels: [sized(dims)] }).run({})).code;
  expect(run([2 ** 40, 2 ** 40])).toBe('model/limit');
  expect(run([-1])).toBe('model/invalid');
  expect(run([0.5])).toBe('model/invalid');
});

test('random numbers follow from the seed', () => {
  const b = new Build();
  const y = b.node('Draw', []);
  b.outputs([y]);
  const session = createSession(b.model, { kernels });
  const draw = (seed: number) => session.run({}, { seed }).get(y.name);
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test('an aborted run and one past its time stop', () => {
  const b = new Build();
  b.outputs([b.node('Double', [b.input('x')])]);
  const session = createSession(b.model, { kernels });
  const feeds = { x: vector(1) };
  expect(caught(() => session.run(feeds, { signal: AbortSignal.abort() })).code).toBe('usage/aborted');
  expect(caught(() => session.run(feeds, { timeLimit: -1 })).code).toBe('model/limit');
});

test('feeds must have the names, types and sizes of the inputs', () => {
  const b = new Build();
  b.outputs([b.node('Double', [b.input('x', b.model.graph, 2)])]);
  const session = createSession(b.model, { kernels });
  const message = (feeds: Record<string, NdArray>) => caught(() => session.run(feeds)).message;
  expect(message({})).toBe('input "x" is not fed');
  expect(message({ x: vector(1, 2), z: vector(1) })).toBe('the model has no input "z"');
  expect(message({ x: fromReals('int32', [2], [1, 2]) })).toBe('input "x" is int32 and must be float32');
  expect(message({ x: vector(1) })).toBe('input "x" has shape [1] and must have shape [2]');
});

test('a symbolic size is the same wherever its name occurs, but `?` is not a name', () => {
  const two = (first: string, second: string) => {
    const b = new Build();
    const type = (name: string) => tensorType('float32', [symbolDim(name)]);
    b.editor.addInput(b.model.graph, { name: 'x', type: type(first) });
    b.editor.addInput(b.model.graph, { name: 'z', type: type(second) });
    return () => createSession(b.model).run({ x: vector(1), z: vector(1, 2) });
  };
  expect(two('N', 'M')).not.toThrow();
  expect(two('?', '?')).not.toThrow();
  expect(two('N', 'N')).toThrow('input "z" has shape [2] and must have shape [N], where N is 1');
});

function caught(body: () => unknown): RefoldError {
  try {
    body();
  } catch (error) {
    if (error instanceof RefoldError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
