import { cloneNodes, type Value, type ValueMap } from '@refold/ir';
import type { Mutant } from './mutant.ts';

/** The whole model as the body of a function that it calls; constants are nodes there. */
const inFunction: Mutant = {
  kind: 'in-function',
  mutate({ editor, model }) {
    const { graph } = model;
    if ([...graph.initializers].some((v) => !v.tensor) || graph.inputs.some((v) => v.tensor))
      return undefined;
    const body = editor.createGraph('body');
    const map: ValueMap = new Map();
    for (const input of graph.inputs) {
      map.set(input, editor.addInput(body, { name: editor.freshName(input.name) }));
    }
    for (const constant of graph.initializers) {
      if (!constant.tensor) continue;
      const node = editor.createNode(
        {
          opType: 'Constant',
          inputs: [],
          outputs: [editor.freshName(constant.name)],
          attributes: [{ name: 'value', type: 'tensor', value: constant.tensor }],
        },
        { end: body },
      );
      map.set(constant, node.outputs[0]);
    }
    cloneNodes(editor, graph, { end: body }, map);
    const results = graph.outputs.map((v) => map.get(v)).filter((v): v is Value => v !== undefined);
    if (results.length !== graph.outputs.length) return undefined;
    editor.setOutputs(body, results);
    editor.addFunction({
      domain: 'local',
      name: 'all',
      overload: '',
      body,
      attributes: [],
      defaults: new Map(),
      opsets: new Map(model.opsets),
      origin: undefined,
    });
    editor.setOpset('local', 1);
    const call = editor.createNode(
      { opType: 'all', domain: 'local', inputs: graph.inputs, outputs: results.map(() => '') },
      { end: graph },
    );
    const old = [...graph.nodes()].filter((node) => node !== call);
    editor.setOutputs(
      graph,
      call.outputs.filter((v) => v !== undefined),
    );
    for (const node of old.reverse()) editor.eraseNode(node);
    for (const constant of [...graph.initializers]) editor.removeInitializer(constant);
    return 'everything is in a function';
  },
};

export const functionMutants: readonly Mutant[] = [inFunction];
