import { type Attribute, sameType } from '@refold/ir';
import type { Mutant } from './mutant.ts';

const outsideUse: Mutant = {
  kind: 'outside-use',
  mutate(site) {
    const value = site.interior();
    const producer = value?.producer;
    if (!value || producer?.graph !== site.model.graph) return undefined;
    const reader = site.after(producer, 'Identity', [value]);
    if (!reader) return undefined;
    site.addOutput(producer.graph, reader);
    return `${value.name} is also read by ${reader.name}`;
  },
};

const interiorOutput: Mutant = {
  kind: 'interior-output',
  mutate(site) {
    const value = site.interior();
    const graph = site.model.graph;
    if (!value || value.producer?.graph !== graph) return undefined;
    site.addOutput(graph, value);
    return `${value.name} is a graph output`;
  },
};

const nestedUse: Mutant = {
  kind: 'use-in-nested-graph',
  mutate(site) {
    const value = site.interior();
    const producer = value?.producer;
    if (!value || !producer || producer.graph !== site.model.graph) return undefined;
    const { editor, model } = site;
    const branch = (name: string): Attribute => {
      const graph = editor.createGraph(name);
      const node = editor.createNode({ opType: 'Identity', inputs: [value], outputs: [''] }, { end: graph });
      editor.setOutputs(
        graph,
        node.outputs.filter((v) => v !== undefined),
      );
      return { name, type: 'graph', value: graph };
    };
    const type = { kind: 'tensor', dtype: 'bool', shape: [] } as const;
    const cond = editor.addInput(model.graph, { name: editor.freshName('cond'), type, declared: type });
    const node = editor.createNode(
      {
        opType: 'If',
        inputs: [cond],
        outputs: [''],
        attributes: [branch('then_branch'), branch('else_branch')],
      },
      { end: model.graph },
    );
    const [result] = node.outputs;
    if (!result) return undefined;
    site.addOutput(model.graph, result);
    return `${value.name} is also read in a branch`;
  },
};

/** Another value of the same type in the place of an operand. */
const operand: Mutant = {
  kind: 'other-operand',
  mutate(site) {
    const node = site.node(
      (n) => n.graph === site.model.graph && n.inputs.some((v) => v?.type !== undefined),
    );
    if (!node) return undefined;
    const index = site.choices.below(node.inputs.length);
    const before = node.inputs[index];
    if (before?.type?.kind !== 'tensor') return undefined;
    const earlier = site.nodes
      .filter((n) => n.graph === node.graph && n.graph?.isBefore(n, node))
      .flatMap((n) => n.outputs)
      .filter((v) => v !== undefined && v !== before && sameType(v.type, before.type));
    const other =
      site.choices.below(3) < 2
        ? site.choices.any([
            ...earlier,
            ...site.model.graph.inputs.filter((v) => v !== before && sameType(v.type, before.type)),
          ])
        : undefined;
    const value =
      other ??
      site.editor.addInput(site.model.graph, {
        name: site.editor.freshName('other'),
        type: before.type,
        declared: before.type,
      });
    site.editor.setOperand(node, index, value);
    return `operand ${index} of ${node.opType} ${node.label}: ${before.name} became ${value.name}`;
  },
};

const overridable: Mutant = {
  kind: 'overridable-constant',
  mutate(site) {
    const { editor, model } = site;
    const constant = site.constant(({ value }) => value.isInitializer && value.graph === model.graph);
    if (!constant) return undefined;
    const { value, tensor } = constant;
    const type = { kind: 'tensor', dtype: tensor.dtype, shape: tensor.dims } as const;
    const name = editor.freshName('given');
    const input = editor.addInput(model.graph, { name, type, declared: type, tensor, overridable: true });
    editor.replaceAllUses(value, input);
    editor.removeInitializer(value);
    return `constant ${value.name} is ${name}, which callers may override`;
  },
};

const notConstant: Mutant = {
  kind: 'constant-as-input',
  mutate(site) {
    const { editor, model } = site;
    const constant = site.constant(({ value }) => value.isInitializer && value.graph === model.graph);
    if (!constant) return undefined;
    const { value, tensor } = constant;
    const type = { kind: 'tensor', dtype: tensor.dtype, shape: tensor.dims } as const;
    const input = editor.addInput(model.graph, { name: editor.freshName('given'), type, declared: type });
    editor.replaceAllUses(value, input);
    editor.removeInitializer(value);
    return `constant ${value.name} is the input ${input.name}`;
  },
};

const handedOn: Mutant = {
  kind: 'identity-between',
  mutate(site) {
    const value = site.interior();
    const producer = value?.producer;
    const user = value && site.choices.any([...value.users()].filter((n) => n.graph === producer?.graph));
    if (!value || !producer || !user) return undefined;
    const copy = site.after(producer, 'Identity', [value]);
    user.inputs.forEach((v, i) => {
      if (v === value) site.editor.setOperand(user, i, copy);
    });
    return `an Identity between ${value.name} and ${user.label}`;
  },
};

export const useMutants: readonly Mutant[] = [
  ...[outsideUse, interiorOutput, nestedUse, operand, overridable, notConstant, handedOn],
];
