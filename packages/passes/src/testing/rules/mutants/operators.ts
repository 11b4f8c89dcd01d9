import type { Node } from '@refold/ir';
import type { Mutant, Site } from './mutant.ts';

/** Operators that take the same operands and attributes. */
const families: readonly (readonly string[])[] = [
  ['Add', 'Sub', 'Mul', 'Div'],
  ['Max', 'Min', 'Sum', 'Mean'],
  [
    'Relu',
    'Neg',
    'Abs',
    'Sigmoid',
    'Tanh',
    'Erf',
    'Exp',
    'Sqrt',
    'Reciprocal',
    'Softplus',
    'Sign',
    'Softsign',
  ],
  ['Floor', 'Ceil', 'Round'],
  ['Sin', 'Cos', 'Tan'],
  [
    'ReduceMean',
    'ReduceMax',
    'ReduceMin',
    'ReduceProd',
    'ReduceL1',
    'ReduceL2',
    'ReduceSumSquare',
    'ReduceSum',
  ],
  ['Softmax', 'LogSoftmax', 'Hardmax'],
  ['And', 'Or', 'Xor'],
  ['Less', 'Greater', 'LessOrEqual', 'GreaterOrEqual'],
  ['MaxPool', 'AveragePool'],
  ['GlobalMaxPool', 'GlobalAveragePool'],
  ['ArgMax', 'ArgMin'],
  ['Elu', 'Celu', 'LeakyRelu', 'ThresholdedRelu'],
  ['BitwiseAnd', 'BitwiseOr', 'BitwiseXor'],
];

const kin: ReadonlyMap<string, readonly string[]> = new Map(
  families.flatMap((family) => family.map((op) => [op, family.filter((other) => other !== op)] as const)),
);

/** A node of another operator in the place of a node. */
function replaceOperator({ editor }: Site, node: Node, opType: string): void {
  const { inputs, domain, attributes, outputs } = node;
  const copy = editor.createNode(
    { opType, domain, inputs, attributes: attributes.values(), outputs: outputs.map((v) => v && '') },
    { before: node },
  );
  const names = outputs.map((v) => v?.name);
  outputs.forEach((v, i) => {
    const other = copy.outputs[i];
    if (v && other) editor.replaceAllUses(v, other);
  });
  editor.eraseNode(node);
  copy.outputs.forEach((v, i) => {
    if (v) editor.rename(v, names[i] ?? v.name);
  });
}

const operator: Mutant = {
  kind: 'operator',
  mutate(site) {
    const node = site.node((n) => n.domain === '' && kin.has(n.opType));
    const other = site.choices.any(kin.get(node?.opType ?? '') ?? []);
    if (!node || other === undefined) return undefined;
    const text = `${node.opType} ${node.label} became ${other}`;
    replaceOperator(site, node, other);
    return text;
  },
};

/** Operators for which the order of operands does not matter. */
const commuting: ReadonlySet<string> = new Set([
  ...['Add', 'Mul', 'Sum', 'Mean', 'Max', 'Min', 'Equal', 'And', 'Or', 'Xor'],
  ...['BitwiseAnd', 'BitwiseOr', 'BitwiseXor'],
]);

const swapped: Mutant = {
  kind: 'swapped-operands',
  mutate(site) {
    const node = site.node(({ opType, inputs: [a, b] }) => {
      if (a?.type?.kind !== 'tensor' || b?.type?.kind !== 'tensor' || a === b) return false;
      return a.type.dtype === b.type.dtype && !commuting.has(opType);
    });
    const [a, b] = node?.inputs ?? [];
    if (!node || !a || !b) return undefined;
    site.editor.setOperand(node, 0, b);
    site.editor.setOperand(node, 1, a);
    return `operands 0 and 1 of ${node.opType} ${node.label} changed places`;
  },
};

export const operatorMutants: readonly Mutant[] = [operator, swapped];
