import { type DType, type Graph, schemaOf, staticShape, tensorType, type Value } from '@refold/ir';
import type { Operand, Scope } from '../build/scope.ts';
import { hasElements, Site } from '../build/site.ts';
import type { Family, Generator } from './generator.ts';

/** A site for a plain node in a nested graph. */
function inside(s: Site, scope: Scope, op: string): Site {
  const schema = schemaOf('', op, s.scope.build.opset);
  if (!schema) throw new Error(`${op} is in every opset`);
  return new Site(scope, schema, s.choices, () => undefined);
}

/** A node of one operand that gives one value. */
function apply(s: Site, scope: Scope, op: string, operand: Operand | Value): Value {
  const [value] = inside(s, scope, op).node([operand]);
  if (!value) throw new Error(`${op} has an output`);
  return value;
}

/** Ends a nested graph. Outputs are made by nodes of the graph itself, as some engines demand. */
function close(s: Site, scope: Scope, outputs: readonly (Operand | Value)[]): Graph {
  s.scope.build.editor.setOutputs(
    scope.graph,
    outputs.map((output) => apply(s, scope, 'Identity', output)),
  );
  return scope.graph;
}

/** Values of a nested graph itself, the latest first. */
function grown(scope: Scope): readonly Operand[] {
  return [...scope.operands()].filter(
    (x) => x.value.graph === scope.graph || x.value.producer?.graph === scope.graph,
  );
}

/** The latest value of a type, in the nested graph or around it. */
function latest(scope: Scope, dtype: DType, dims?: readonly number[]): Operand | undefined {
  for (const x of scope.operands()) {
    if (x.dtype === dtype && (dims === undefined || x.dims.join() === dims.join())) return x;
  }
  return undefined;
}

const branches: Generator = (s) => {
  const condition = s.value(['bool'], { rank: [0, 0], fits: () => true, dims: () => [] });
  const [yes, no] = [s.scope.nested('yes'), s.scope.nested('no')];
  s.grow(yes, 0);
  s.grow(no, 1);
  const types = s.typesOf('V');
  const results = [...yes.operands()]
    .filter((x) => types.includes(x.dtype))
    .slice(0, s.choices.between(1, 2));
  if (results.length === 0) results.push(s.fresh(s.dtype(s.data(['float32', 'int64'])), s.dims([0, 2])));
  const others = results.map((x) => {
    // Sizes may differ, ranks had better not.
    const other = s.choices.rarely(4) ? latest(no, x.dtype) : undefined;
    if (other && other.dims.length === x.dims.length) return other;
    return latest(no, x.dtype, x.dims) ?? inside(s, no, 'Identity').fresh(x.dtype, x.dims);
  });
  s.node(
    [condition],
    { then_branch: close(s, yes, results), else_branch: close(s, no, others) },
    results.length,
  );
};

const loop: Generator = (s) => {
  const trips = s.known('int64', [], [s.choices.between(0, 3)]);
  const going = s.maybe(() => s.known('bool', [], [1]));
  const types = s.data(['float32', 'int64', 'float64', 'bool']);
  // The first version of the operator asks for a value to carry.
  const least = s.schema.arity[0] > 2 ? 1 : 0;
  const carried = Array.from({ length: s.choices.between(least, 2) }, () => s.value(types));
  const body = s.scope.nested('body');
  body.parameter('int64', []);
  const condition = body.parameter('bool', []);
  const states = carried.map(({ dtype, dims }) => body.parameter(dtype, dims));
  s.grow(body, 0);
  const next = states.map((x) => latest(body, x.dtype, x.dims) ?? x);
  const stacked = grown(body).filter((x) => s.typesOf('V').includes(x.dtype));
  const scanned = stacked.slice(0, states.length === 0 ? 1 : s.choices.below(2));
  // Ends after one round where the condition is turned round.
  const ends = s.choices.rarely(4);
  const goesOn = ends ? apply(s, body, 'Not', condition) : condition;
  const graph = close(s, body, [goesOn, ...next, ...scanned]);
  s.node([trips, going, ...carried], { body: graph }, next.length + scanned.length);
};

const scan: Generator = (s) => {
  const types = s.data(['float32', 'int64', 'float64', 'bool']);
  // Opset 8 scans batches, with the steps on the second axis.
  const front = s.version < 9 ? 2 : 1;
  const states = Array.from({ length: s.choices.below(2) }, () =>
    s.version < 9 ? s.fresh(s.dtype(types), [2, ...s.sizes(s.choices.below(3))]) : s.value(types),
  );
  const axis = s.version < 9 ? 1 : s.choices.below(2);
  const first = s.value(types, {
    rank: [front, 3],
    fits: (dims) => hasElements(dims) && dims.length > axis && (s.version >= 9 || dims[0] === 2),
    dims: () =>
      s.version < 9 ? [2, ...s.sizes(s.choices.between(1, 2))] : s.sizes(s.choices.between(axis + 1, 3)),
  });
  const body = s.scope.nested('body');
  const slice = (dims: readonly number[]) => dims.filter((_, i) => i !== axis && (s.version >= 9 || i !== 0));
  const inner = states.map(({ dtype, dims }) => body.parameter(dtype, s.version < 9 ? dims.slice(1) : dims));
  body.parameter(first.dtype, slice(first.dims));
  s.grow(body, 0);
  const next = inner.map((x) => latest(body, x.dtype, x.dims) ?? x);
  const stacked = grown(body).filter((x) => s.typesOf('V').includes(x.dtype));
  const scanned = stacked.slice(0, next.length === 0 ? 1 : s.choices.below(2));
  const backwards = s.flag();
  const graph = close(s, body, [...next, ...scanned]);
  s.node(
    [...(s.version < 9 ? [undefined] : []), ...states, first],
    {
      body: graph,
      num_scan_inputs: 1,
      scan_input_axes: axis === 0 ? undefined : [axis],
      scan_input_directions: backwards === undefined ? undefined : [backwards],
      directions: backwards === undefined ? undefined : [backwards],
      scan_output_directions: scanned.length > 0 && s.choices.rarely(3) ? scanned.map(() => 1) : undefined,
    },
    next.length + scanned.length,
  );
};

const sequenceMap: Generator = (s) => {
  const sequence = s.sequence(s.data(['float32', 'int64']), 1, true);
  const more = s.maybe(() => s.value(s.data(['float32', 'int64'])));
  const body = s.scope.nested('body');
  const item = body.parameter(sequence.dtype, sequence.items[0] ?? []);
  if (more) body.parameter(more.dtype, more.dims);
  s.grow(body, 0);
  const result = latest(body, item.dtype) ?? item;
  const made = s.node([sequence, more], { body: close(s, body, [result]) });
  const [value] = made;
  if (value)
    s.scope.keepSequence({ value, dtype: result.dtype, items: sequence.items.map(() => result.dims) });
};

export const controlFamily: Family = {
  If: branches,
  Loop: loop,
  Scan: scan,
  SequenceMap: sequenceMap,
};

/** The domain of the functions that a model brings along. */
const LOCAL = 'local';

/** Calls a function of the model: one that is there already, or a new one that is grown from the site's steps. */
export function callFunction(s: Site): void {
  const { build } = s.scope;
  const known = build.functions;
  if (known.length > 0 && s.choices.rarely(3)) {
    const fn = s.choices.of(known);
    const given = fn.given.map(({ dtype, dims }) => s.like(dtype, dims));
    call(s, fn, given);
    return;
  }
  const body = s.scope.body(`f${known.length}`);
  const given = Array.from({ length: s.choices.between(1, 2) }, () =>
    s.value(s.data(['float32', 'int64', 'bool'])),
  );
  for (const { dtype, dims } of given) body.parameter(dtype, dims);
  s.grow(body, 0);
  const made = grown(body).filter((x) => x.value.producer && x.value.useCount === 0);
  const results = made.length > 0 ? made.slice(0, 3) : [...body.operands()].slice(0, 1);
  close(s, body, results);
  const fn = {
    name: `f${known.length}`,
    given: given.map(({ dtype, dims }) => ({ dtype, dims })),
    arrays: body.parameters ?? [],
    results: body.graph.outputs.map((v) => v.type),
  };
  build.editor.addFunction({
    domain: LOCAL,
    name: fn.name,
    overload: '',
    body: body.graph,
    attributes: [],
    defaults: new Map(),
    opsets: new Map([
      ['', build.opset],
      [LOCAL, 1],
    ]),
    origin: undefined,
  });
  build.editor.setOpset(LOCAL, 1);
  build.functions.push(fn);
  call(s, fn, given);
}

function call(s: Site, fn: Scope['build']['functions'][number], given: readonly Operand[]): void {
  const { editor } = s.scope.build;
  const rest = fn.arrays.map((value) => s.scope.fedValue(value));
  const node = editor.createNode(
    {
      opType: fn.name,
      domain: LOCAL,
      inputs: [...given.map((x) => x.value), ...rest],
      outputs: fn.results.map(() => editor.freshName('v')),
      types: fn.results.map((type) => {
        const shape = type?.kind === 'tensor' ? staticShape(type.shape) : undefined;
        return type?.kind === 'tensor' && shape ? tensorType(type.dtype, shape) : undefined;
      }),
    },
    { end: s.scope.graph },
  );
  for (const output of node.outputs) if (output) s.scope.keep(output);
}
