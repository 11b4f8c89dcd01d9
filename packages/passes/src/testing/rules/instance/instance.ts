import {
  type Attribute,
  type DType,
  decodeModel,
  Editor,
  encodeModel,
  type Graph,
  inferModel,
  type Model,
  parseModel,
  tensorOf,
  tensorType,
  type Value,
} from '@refold/ir';
import type { Rule } from '@refold/matcher';
import { build } from './build.ts';
import { Draft, type DraftOptions, dimsOf, dtypeOf } from './draft.ts';

/** Where an instance stands: in the main graph, in a branch of If, or in the body of Loop. */
export type Surroundings = 'main' | 'if' | 'loop';

/** A graph in which the pattern of a rule stands, with its types inferred. */
export function instanceOf(rule: Rule, options: DraftOptions, where: Surroundings): Model {
  const draft = new Draft(options, where !== 'main');
  const { editor, graph, model } = draft;
  const body = where === 'loop' ? loopInputs(draft) : undefined;
  const root = build(draft, rule.spec.match.data);
  // Results are read by something, so that an operand of the pattern can take their place.
  const results = (draft.roots.length > 0 ? draft.roots : [root]).map((v) => draft.node('Identity', [v]));
  if (where === 'main') editor.setOutputs(graph, results);
  else if (body) editor.setOutputs(graph, [draft.node('Identity', [body]), ...results]);
  else editor.setOutputs(graph, results);
  if (where !== 'main') nest(draft, where, results);
  inferModel(editor);
  return model;
}

function loopInputs(draft: Draft): Value {
  const { editor, graph } = draft;
  const scalar = (name: string, dtype: DType): Value =>
    editor.addInput(graph, {
      name: editor.freshName(name),
      type: tensorType(dtype, []),
      declared: tensorType(dtype, []),
    });
  scalar('i', 'int64');
  return scalar('more', 'bool');
}

function nest(draft: Draft, where: Surroundings, results: readonly Value[]): void {
  const { editor, model, graph } = draft;
  const graphs: Attribute[] = [];
  const operands: (Value | undefined)[] = [];
  if (where === 'if') {
    operands.push(draft.input('cond', 'bool', []));
    graphs.push({ name: 'then_branch', type: 'graph', value: graph });
    graphs.push({ name: 'else_branch', type: 'graph', value: otherBranch(draft, results) });
  } else {
    operands.push(draft.initializer(tensorOf('int64', [], [2]), 'trips'), undefined);
    graphs.push({ name: 'body', type: 'graph', value: graph });
  }
  const node = editor.createNode(
    {
      opType: where === 'if' ? 'If' : 'Loop',
      inputs: operands,
      outputs: results.map(() => ''),
      attributes: graphs,
    },
    { end: model.graph },
  );
  editor.setOutputs(
    model.graph,
    node.outputs.filter((v) => v !== undefined),
  );
}

/** A branch that gives zeros. */
function otherBranch(draft: Draft, results: readonly Value[]): Graph {
  const { editor } = draft;
  const graph = editor.createGraph('other');
  const zeros = results.map((v) => {
    const dims = dimsOf(v);
    const count = dims.reduce((a, d) => a * d, 1);
    const value = tensorOf(dtypeOf(v), dims, new Array<number>(count).fill(0));
    const node = editor.createNode(
      {
        opType: 'Constant',
        inputs: [],
        outputs: [''],
        attributes: [{ name: 'value', type: 'tensor', value }],
      },
      { end: graph },
    );
    return node.outputs[0];
  });
  editor.setOutputs(
    graph,
    zeros.filter((v) => v !== undefined),
  );
  return graph;
}

/** A copy of a model as its file says it, with its types inferred anew. */
export function reread(model: Model): Model {
  const copy = decodeModel(encodeModel(model));
  inferModel(new Editor(copy));
  return copy;
}

/** The model that a hint writes out: a whole one, or a graph without its name. */
export function seedModel(text: string, opset: number): Model {
  const whole = text.trimStart().startsWith('<ir_version')
    ? text
    : `<ir_version: 10, opset_import: ["" : ${opset}]> g ${text}`;
  const model = parseModel(whole);
  inferModel(new Editor(model));
  return model;
}
