import type { Value } from '@refold/ir';
import { dimsOf, type Growing } from '../growing.ts';
import { type Step, withAxes } from './step.ts';

/** Reshape to a shape that is computed from the value itself, as exporters do. */
const computedReshape: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 2 && dims.every((d) => d > 0));
  if (!x) return undefined;
  const axis = g.choices.below(dimsOf(x)?.length ?? 1);
  const size = g.node('Gather', [g.node('Shape', [x]), g.index(axis)]);
  const shape = g.node('Concat', [withAxes(g, 'Unsqueeze', size, [0], 13), g.ints(-1)], { axis: 0 });
  return g.node('Reshape', [x, shape]);
};

const last = [-1];

const layerNorm: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 2 && (dims.at(-1) ?? 0) > 1);
  const size = x && dimsOf(x)?.at(-1);
  if (!x || !size) return undefined;
  const mean = (v: Value): Value => withAxes(g, 'ReduceMean', v, last, 18);
  const centred = g.node('Sub', [x, mean(x)]);
  const square = g.choices.flag() ? g.node('Pow', [centred, g.scalar(2)]) : g.node('Mul', [centred, centred]);
  const deviation = g.node('Sqrt', [g.node('Add', [mean(square), g.scalar(1e-3)])]);
  const scaled = g.node('Mul', [g.node('Div', [centred, deviation]), g.weight([size])]);
  return g.choices.flag() ? g.node('Add', [scaled, g.weight([size])]) : scaled;
};

const gelu: Step = (g) => {
  const any = g.pick();
  if (!any || g.opset < 13) return undefined;
  // Of bounded numbers: far to the left 1 + erf is nothing but rounding.
  const x = g.node('Tanh', [any]);
  const erf = g.node('Erf', [g.node('Div', [x, g.scalar(Math.SQRT2)])]);
  const gate = g.node('Mul', [x, g.node('Add', [erf, g.scalar(1)])]);
  return g.node('Mul', [gate, g.scalar(0.5)]);
};

/** Arithmetic of constants only, read by an ordinary node. */
const constants: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 1);
  const size = x && dimsOf(x)?.at(-1);
  if (!x || size === undefined) return undefined;
  return g.node('Add', [x, g.node('Mul', [g.node('Neg', [g.weight([size])]), g.weight([1])])]);
};

function smallBranch(g: Growing, name: string, x: Value): ReturnType<Growing['branch']> {
  return g.branch(name, (inner) => {
    const y = inner.node(inner.choices.any(['Relu', 'Neg', 'Identity']) ?? 'Relu', [x]);
    return inner.node(inner.choices.any(['Add', 'Mul']) ?? 'Add', [y, inner.scalar(inner.choices.number())]);
  });
}

/** If on a constant, or on a comparison that is known only at run time. */
const branches: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 1 && dims.every((d) => d > 0));
  if (!x) return undefined;
  const one = g.choices.flag() ? g.scalar(g.choices.number()) : g.node('ReduceMax', [x], { keepdims: 0 });
  const condition = g.node('Greater', [one, g.scalar(0.5)]);
  return g.node('If', [condition], {
    then_branch: smallBranch(g, 'yes', x),
    else_branch: smallBranch(g, 'no', x),
  });
};

/** The same thing twice. */
const twice: Step = (g) => {
  const x = g.pick();
  const k = x && g.scalar(g.choices.number());
  return x && k && g.node('Mul', [g.node('Add', [x, k]), g.node('Add', [x, k])]);
};

export const compositeSteps: readonly Step[] = [
  computedReshape,
  computedReshape,
  layerNorm,
  gelu,
  constants,
  branches,
  twice,
];
