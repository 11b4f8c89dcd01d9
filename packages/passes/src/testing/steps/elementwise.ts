import type { Value } from '@refold/ir';
import { dimsOf, type Growing } from '../growing.ts';
import type { Step } from './step.ts';

const unary: Step = (g) => {
  const x = g.pick();
  const op = g.choices.any(['Relu', 'Neg', 'Identity', 'Sigmoid', 'Abs', 'Tanh', 'Floor', 'Round', 'Sign']);
  return x && op !== undefined ? g.node(op, [x]) : undefined;
};

const dropout: Step = (g) => {
  const x = g.pick();
  return x && g.node('Dropout', [x]);
};

const clip: Step = (g) => {
  const x = g.pick();
  if (!x) return undefined;
  const [lo, hi] = [g.choices.number(), g.choices.number()];
  const bounds = [g.choices.flag() ? lo : undefined, g.choices.flag() ? hi : undefined];
  return g.node('Clip', [x, ...bounds.map((v) => (v === undefined ? undefined : g.scalar(v)))]);
};

const maxMin: Step = (g) => {
  const x = g.pick();
  if (!x) return undefined;
  const inner = g.node('Max', [x, g.scalar(g.choices.number())]);
  return g.node('Min', [g.scalar(g.choices.number()), inner]);
};

/** A constant that broadcasts against a shape, and may widen it. */
function constantFor(g: Growing, dims: readonly number[], positive: boolean): Value {
  const rank = g.choices.between(0, dims.length);
  const tail = dims.slice(dims.length - rank).map((d) => (g.choices.flag() ? d : 1));
  const widened = g.choices.below(8) === 7 ? [1, ...tail] : tail;
  return g.weight(widened, positive);
}

const withConstant: Step = (g) => {
  const x = g.pick((dims) => dims.length < 5);
  const op = g.choices.any(['Add', 'Mul', 'Sub', 'Div']);
  if (!x || !op) return undefined;
  const k = constantFor(g, dimsOf(x) ?? [], op === 'Div');
  return op !== 'Div' && g.choices.flag() ? g.node(op, [k, x]) : g.node(op, [x, k]);
};

const ofTwo: Step = (g) => {
  const x = g.pick();
  if (!x) return undefined;
  const same = dimsOf(x)?.join();
  const y = g.pick((dims) => dims.join() === same);
  const op = g.choices.any(['Add', 'Mul', 'Sub', 'Max']);
  return y && op !== undefined ? g.node(op, [x, y]) : undefined;
};

/** There and back again through another type; integers cut off what stands behind the point. */
const cast: Step = (g) => {
  const x = g.pick();
  const to = g.choices.any([11, 1, 7]);
  return x && to !== undefined ? g.node('Cast', [g.node('Cast', [x], { to })], { to: 1 }) : undefined;
};

const where: Step = (g) => {
  const x = g.pick();
  if (!x) return undefined;
  const positive = g.node('Greater', [x, g.scalar(0)]);
  const condition = g.choices.flag() ? g.node('Not', [positive]) : positive;
  return g.node('Where', [condition, x, g.scalar(g.choices.number())]);
};

export const elementwiseSteps: readonly Step[] = [
  unary,
  dropout,
  clip,
  maxMin,
  withConstant,
  withConstant,
  ofTwo,
  cast,
  where,
];
