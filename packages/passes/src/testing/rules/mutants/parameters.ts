import { type Attribute, type AttributeType, type Node, schemaOf, tensorFloats, tensorOf } from '@refold/ir';
import type { Mutant, Site } from './mutant.ts';

/** Names of parameters that hold axes. */
const axisNames: ReadonlySet<string> = new Set(['axis', 'axes']);

/** Names of parameters that are yes or no. */
const flagNames: ReadonlySet<string> = new Set([
  ...['keepdims', 'transA', 'transB', 'exclusive', 'reverse', 'count_include_pad'],
  ...[
    'ceil_mode',
    'allowzero',
    'select_last_index',
    'fmod',
    'interleaved',
    'linear_before_reset',
    'is_causal',
  ],
]);

interface Attributed {
  readonly node: Node;
  readonly attribute: Attribute;
}

/** An attribute that a node has, or that it may have by the schema and leaves at its default. */
function attributeAt(
  site: Site,
  test: (name: string, type: AttributeType) => boolean,
): Attributed | undefined {
  const all = site.nodes.flatMap((node): readonly Attributed[] => {
    const opset = node.graph?.opset(node.domain);
    const schema = opset === undefined ? undefined : schemaOf(node.domain, node.opType, opset);
    return [...(schema?.attributes.values() ?? [])].flatMap((formal): readonly Attributed[] => {
      if (!test(formal.name, formal.type)) return [];
      const written = node.attributes.get(formal.name);
      if (written) return [{ node, attribute: written }];
      const implied = defaultOf(formal.name, formal.type, formal.default);
      return implied ? [{ node, attribute: implied }] : [];
    });
  });
  return site.choices.any(all);
}

function defaultOf(name: string, type: AttributeType, value: unknown): Attribute | undefined {
  if (type === 'int' && typeof value === 'number') return { name, type, value };
  if (type === 'float' && typeof value === 'number') return { name, type, value };
  return type === 'string' && typeof value === 'string' ? { name, type, value } : undefined;
}

function described({ node }: Attributed, before: Attribute, after: Attribute): string {
  return `${before.name} of ${node.opType} ${node.label}: ${String(before.value)} became ${String(after.value)}`;
}

const axis: Mutant = {
  kind: 'moved-axis',
  mutate(site) {
    const found = attributeAt(site, (name) => axisNames.has(name));
    const before = found?.attribute;
    const step = site.choices.flag() ? 1 : -1;
    if (before?.type === 'int') return set(site, found, { ...before, value: Number(before.value) + step });
    if (before?.type === 'ints') {
      return set(site, found, { ...before, value: before.value.map((a) => Number(a) + step) });
    }
    const input = site.node((n) => axesOperand(n) !== undefined);
    const operand = input && axesOperand(input);
    const tensor = operand?.tensor;
    if (!input || !operand || !tensor) return undefined;
    const moved = tensorFloats(tensor).map((a) => a + step);
    site.editor.setTensor(operand, tensorOf(tensor.dtype, tensor.dims, moved));
    return `axes of ${input.opType} ${input.label} became ${moved.join()}`;
  },
};

function axesOperand(node: Node): Node['inputs'][number] {
  const schema = schemaOf(node.domain, node.opType, node.graph?.opset(node.domain) ?? 1);
  const index = schema?.inputs.findIndex((input) => axisNames.has(input.name)) ?? -1;
  return node.inputs[index];
}

function set(site: Site, found: Attributed | undefined, attribute: Attribute): string | undefined {
  if (!found) return undefined;
  const text = described(found, found.attribute, attribute);
  site.editor.setAttribute(found.node, attribute);
  return text;
}

const flag: Mutant = {
  kind: 'flipped-flag',
  mutate(site) {
    const found = attributeAt(site, (name, type) => type === 'int' && flagNames.has(name));
    const before = found?.attribute;
    return before?.type === 'int'
      ? set(site, found, { ...before, value: 1 - Number(before.value) })
      : undefined;
  },
};

/** Strings of which an attribute may be another one. */
const words: readonly (readonly string[])[] = [
  ['none', 'tanh'],
  ['DCR', 'CRD'],
  ['constant', 'reflect', 'edge', 'wrap'],
  ['nearest', 'linear', 'cubic'],
  ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'],
  ['forward', 'reverse'],
];

const parameter: Mutant = {
  kind: 'parameter',
  mutate(site) {
    const found = attributeAt(site, (name) => !axisNames.has(name) && !flagNames.has(name) && name !== 'to');
    const before = found?.attribute;
    switch (before?.type) {
      case 'float':
        return set(site, found, { ...before, value: before.value * 1.01 + (before.value === 0 ? 0.01 : 0) });
      case 'int':
        return set(site, found, { ...before, value: Number(before.value) + 1 });
      case 'ints': {
        if (before.value.length === 0) return undefined;
        const at = site.choices.below(before.value.length);
        if (before.name === 'perm') {
          const next = (at + 1) % before.value.length;
          const [a = 0, b = 0] = [before.value[at], before.value[next]];
          return set(site, found, { ...before, value: before.value.with(at, b).with(next, a) });
        }
        return set(site, found, {
          ...before,
          value: before.value.with(at, Number(before.value[at] ?? 0) + 1),
        });
      }
      case 'string': {
        const list = words.find((w) => w.includes(before.value)) ?? [];
        const other = site.choices.any(list.filter((w) => w !== before.value));
        return other === undefined ? undefined : set(site, found, { ...before, value: other });
      }
      default:
        return undefined;
    }
  },
};

const training: Mutant = {
  kind: 'training-mode',
  mutate(site) {
    const node = site.node((n) => n.is('Dropout') || n.is('BatchNormalization'));
    const opset = node?.graph?.opset() ?? 0;
    if (!node) return undefined;
    if (node.is('BatchNormalization') && opset >= 14) {
      site.editor.setAttribute(node, { name: 'training_mode', type: 'int', value: 1 });
    } else if (node.is('Dropout') && opset >= 12) {
      if (node.inputs.length < 3) site.editor.setArity(node, 3);
      site.editor.setOperand(node, 2, site.editor.addConstant(site.model.graph, tensorOf('bool', [], [1])));
    } else return undefined;
    return `${node.opType} ${node.label} is training`;
  },
};

export const parameterMutants: readonly Mutant[] = [axis, flag, parameter, training];
