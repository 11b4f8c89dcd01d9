import { type Node, shapeOf } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf } from '../support/view.ts';

/** The axis of a Concat or Split, non-negative where the rank is known. */
function axisOf(node: Node): number | undefined {
  const attribute = node.attributes.get('axis');
  const axis = attribute?.type === 'int' ? Number(attribute.value) : attribute ? undefined : 0;
  const rank = shapeOf(node.inputs[0])?.length;
  if (axis === undefined) return undefined;
  return axis < 0 && rank !== undefined ? axis + rank : axis;
}

// Code, not patterns: each rule here is about some of any number of operands.
const nested = nodeRule({
  name: 'layout/concat',
  doc: 'Concat(Concat(a, b), c) = Concat(a, b, c) along one axis',
  ops: 'Concat',
  over: ['Concat'],
  exactness: 'exact',
  emits: [{ op: 'Concat', since: 4 }],
  rewrite: (node, b) => {
    const axis = axisOf(node);
    if (axis === undefined) return undefined;
    let found = false;
    const operands = node.inputs.flatMap((value) => {
      const inner = value?.useCount === 1 ? producerOf(value, 'Concat') : undefined;
      if (!inner || axisOf(inner) !== axis) return [value];
      found = true;
      return inner.inputs;
    });
    return found ? b.node('Concat', operands, { axis }) : undefined;
  },
});

const splitConcat = nodeRule({
  name: 'layout/concat.split',
  doc: 'Concat(Split(x)) = x, all parts in order along one axis',
  ops: 'Concat',
  over: ['Split'],
  exactness: 'exact',
  rewrite: (node) => {
    const split = producerOf(node.inputs[0], 'Split');
    if (!split || axisOf(split) !== axisOf(node) || axisOf(node) === undefined) return undefined;
    const same =
      split.outputs.length === node.inputs.length && split.outputs.every((o, i) => o === node.inputs[i]);
    return same ? split.inputs[0] : undefined;
  },
});

const empty = nodeRule({
  name: 'layout/concat.empty',
  doc: 'Concat(a, empty, b) = Concat(a, b)',
  ops: 'Concat',
  exactness: 'exact',
  emits: [{ op: 'Concat', since: 4 }],
  decreases: 'edges',
  rewrite: (node, b) => {
    const axis = axisOf(node);
    if (axis === undefined || axis < 0) return undefined;
    const kept = node.inputs.filter((v) => shapeOf(v)?.[axis] !== 0);
    if (kept.length === node.inputs.length || kept.length === 0) return undefined;
    return kept.length === 1 ? kept[0] : b.node('Concat', kept, { axis });
  },
});

export const simplifyConcat: Pass = rulePass({
  name: 'layout/concat',
  summary: 'flatten nested Concat, drop empty operands, cancel Split and Concat',
  rules: [splitConcat, nested, empty],
});
