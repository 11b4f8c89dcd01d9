import { isFloat, type Node, type Value } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { dtypeOf, keepsShape, splatOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { zeroSignMatters } from '../support/zero-sign.ts';

/** The operand that remains when the other one is the constant `neutral` and does not widen it. */
function without(
  node: Node,
  neutral: number,
  sides: readonly (0 | 1)[],
): { x: Value; neutral: number } | undefined {
  for (const side of sides) {
    const constant = node.inputs[side];
    const x = node.inputs[1 - side];
    const splat = splatOf(constant);
    if (!x || !constant || splat !== neutral || !keepsShape(constant, x)) continue;
    return { x, neutral: splat };
  }
  return undefined;
}

/** The quick test of the rules below: most nodes have no neutral operand. */
const hasNeutral =
  (neutral: number, sides: readonly (0 | 1)[]) =>
  (node: Node): boolean =>
    without(node, neutral, sides) !== undefined;

/** x + -0 is x for every x; x + +0 turns -0 into +0, which only matters where its sign shows. */
const addZero = nodeRule({
  name: 'identities/arithmetic.add-zero',
  doc: 'x + 0 = x',
  ops: 'Add',
  at: hasNeutral(0, [1, 0]),
  exactness: 'reassociate',
  rewrite: (node, b) => {
    const found = without(node, 0, [1, 0]);
    const output = node.outputs[0];
    if (!found || !output) return undefined;
    const dtype = dtypeOf(found.x);
    const harmless = dtype !== undefined && (!isFloat(dtype) || Object.is(found.neutral, -0));
    return harmless || !zeroSignMatters(output) ? found.x : b.refuse('zero-sign-matters');
  },
});

const subZero = nodeRule({
  name: 'identities/arithmetic.sub-zero',
  doc: 'x - 0 = x',
  ops: 'Sub',
  at: hasNeutral(0, [1]),
  exactness: 'exact',
  rewrite: (node) => {
    const found = without(node, 0, [1]);
    return found && !Object.is(found.neutral, -0) ? found.x : undefined;
  },
});

function timesOneOf(node: Node): Value | undefined {
  return without(node, 1, node.opType === 'Mul' ? [1, 0] : [1])?.x;
}

const timesOne = nodeRule({
  name: 'identities/arithmetic.times-one',
  doc: 'x * 1 = x, x / 1 = x, x ^ 1 = x',
  ops: ['Mul', 'Div', 'Pow'],
  at: (node) => timesOneOf(node) !== undefined,
  exactness: 'exact',
  rewrite: timesOneOf,
});

const logic = nodeRule({
  name: 'identities/arithmetic.logic',
  doc: 'And(x, true) = x, Or(x, false) = x, Xor(x, false) = x',
  ops: ['And', 'Or', 'Xor'],
  exactness: 'exact',
  rewrite: (node) => without(node, node.opType === 'And' ? 1 : 0, [1, 0])?.x,
});

export const removeNeutral: Pass = rulePass({
  name: 'identities/arithmetic',
  summary: 'remove additions of 0, multiplications by 1 and the like',
  rules: [addZero, subZero, timesOne, logic],
});
