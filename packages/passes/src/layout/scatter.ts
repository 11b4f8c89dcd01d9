import { constantTensor, sameShape, tensorInts } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { viewText } from '../support/view.ts';

/** Whether indices [n, 1] are 0, 1, ..., n - 1. */
function countsUp(indices: ReturnType<typeof tensorInts>): boolean {
  return indices.every((v, i) => Number(v) === i);
}

const all = nodeRule({
  name: 'layout/scatter',
  doc: 'ScatterND(x, [[0], [1], ...], u) = u, when every row is written once',
  ops: 'ScatterND',
  exactness: 'exact',
  rewrite: (node, b) => {
    const [x, indices, updates] = node.inputs;
    const shape = shapeOf(x);
    const tensor = indices && constantTensor(indices);
    if (!shape || !tensor || !updates) return undefined;
    if ((viewText(node, 'reduction') ?? 'none') !== 'none') return b.fail('reduction');
    const rows = tensor.rank === 2 && tensor.dims[1] === 1 && tensor.dims[0] === shape[0];
    if (!rows || !countsUp(tensorInts(tensor))) return b.fail('not-all-rows');
    return sameShape(shape, shapeOf(updates)) === 'yes' ? updates : b.fail('shape');
  },
});

export const dropScatter: Pass = rulePass({
  name: 'layout/scatter',
  summary: 'drop ScatterND that overwrites everything',
  rules: [all],
});
