import { type Dim, dtypeOf, type Node, sameDim, shapeOf, type Value } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf, viewNumber } from '../support/view.ts';

/** The Concat of single sizes that a Where chooses from. */
function partsOf(value: Value | undefined): readonly Value[] | undefined {
  const concat = producerOf(value, 'Concat');
  if (!concat || viewNumber(concat, 'axis') !== 0) return undefined;
  const parts = concat.inputs.filter((v) => v !== undefined);
  return parts.every((v) => shapeOf(v)?.[0] === 1) ? parts : undefined;
}

/** Whether a part is known to be a size. */
function isSize(part: Value | undefined, size: Dim): boolean {
  const known = part?.contents?.[0];
  return known !== undefined && sameDim(known, size) === 'yes';
}

/** Neighbouring numbers become one constant. */
function runsOf(sizes: readonly Dim[], parts: readonly Value[]): readonly (Value | number[])[] | undefined {
  const runs: (Value | number[])[] = [];
  for (const [i, size] of sizes.entries()) {
    const part = parts[i];
    const last = runs.at(-1);
    if (typeof size === 'number') {
      if (Array.isArray(last)) last.push(size);
      else runs.push([size]);
    } else if (part && isSize(part, size)) runs.push(part);
    else return undefined;
  }
  return runs;
}

/**
 * Exporters write `expand(-1, n)` as a choice between a size and what the caller said; inference knows which. Code, not
 * a pattern: it is about any number of sizes.
 */
const chosenSizes = nodeRule({
  name: 'constants/chosen-sizes',
  doc: 'Where(Equal(s, -1), t, s) = Concat(...), for sizes s and t of which it is known which are -1',
  ops: 'Where',
  over: ['Concat'],
  exactness: 'exact',
  emits: [{ op: 'Concat', since: 4 }],
  rewrite: (node: Node, b) => {
    const [output] = node.outputs;
    const sizes = output?.contents;
    if (!sizes || dtypeOf(output) !== 'int64' || shapeOf(output)?.length !== 1) return undefined;
    for (const operand of [node.inputs[1], node.inputs[2]]) {
      const parts = partsOf(operand);
      const runs = parts?.length === sizes.length ? runsOf(sizes, parts) : undefined;
      if (!runs) continue;
      const operands = runs.map((run) => (Array.isArray(run) ? b.ints(run, 'sizes') : run));
      return b.node('Concat', operands, { axis: 0 });
    }
    return undefined;
  },
});

export const resolveChosenSizes: Pass = rulePass({
  name: 'constants/chosen-sizes',
  summary: 'resolve choices between sizes that inference can tell',
  rules: [chosenSizes],
});
