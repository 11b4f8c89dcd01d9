import { type Node, staticShape, type Value } from '@refold/ir';
import {
  absent,
  type Builder,
  named,
  no,
  num,
  oneOf,
  op,
  product,
  type Query,
  type Rule,
  rule,
  sum,
  type Verdict,
  value,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { viewNumber } from '../support/view.ts';
import { checkParameter, type Normalized, parameterFor } from './parameters.ts';

const noBias = oneOf('noBias', { absent, zeros: num(0) });

interface Parts {
  readonly x: Value;
  readonly scale: Value;
  readonly norm: Node;
}

/** The axes of a LayerNormalization, as those that parameters are checked against. */
function axesOf(m: Parts, q: Query): Normalized | undefined {
  const axis = viewNumber(m.norm, 'axis');
  const rank = q.rank(m.x);
  if (axis === undefined || rank === undefined) return undefined;
  return { x: m.x, axes: Array.from({ length: rank - axis }, (_, i) => axis + i) };
}

function check(parameter: Value, about: string, m: Parts, q: Query): Verdict {
  const of = axesOf(m, q);
  return of && staticShape(q.shape(m.scale))
    ? checkParameter(parameter, about, of, q)
    : no('rank-unknown', 'x');
}

/** The same normalization with another scale or a bias. */
function withParameter(m: Parts, added: Value, as: 'scale' | 'bias', b: Builder, q: Query): Value {
  const of = axesOf(m, q);
  const parameter = of ? parameterFor(added, of, b, q) : added;
  const operands = as === 'scale' ? [m.x, parameter] : [m.x, m.scale, parameter];
  return b.node('LayerNormalization', operands, Object.fromEntries(m.norm.attributes));
}

const spec = {
  emits: [{ op: 'LayerNormalization', since: 17 }],
  exactness: 'reassociate',
  phase: 'fuse',
} as const;

const layerNormAdd: Rule = rule({
  ...spec,
  name: 'norm/layer-norm-add',
  doc: 'LayerNormalization(x, scale) + bias = LayerNormalization(x, scale, bias)',
  match: sum([named('norm', op('LayerNormalization', [value('x'), value('scale'), noBias])), value('bias')]),
  guard: (m, q) => check(m.bias, 'bias', m, q),
  build: (m, b, q) => withParameter(m, m.bias, 'bias', b, q),
  benefit: 0.5,
  exporters: ['torch.onnx: modules with a bias of their own'],
  traps: ['What is added has the shape of x, not of the normalized axes: a residual connection.'],
  instances: [
    { shapes: { x: ['N', 'T', 8], scale: [8], bias: [8] }, choices: { noBias: 'absent' }, opset: 17 },
  ],
});

const layerNormScale: Rule = rule({
  ...spec,
  name: 'norm/layer-norm-add.scale',
  doc: 'LayerNormalization(x, 1) * scale = LayerNormalization(x, scale)',
  match: product([named('norm', op('LayerNormalization', [value('x'), num(1), noBias])), value('scale')]),
  guard: (m, q) => check(m.scale, 'scale', m, q),
  build: (m, b, q) => withParameter(m, m.scale, 'scale', b, q),
  benefit: 0.5,
  exporters: ['torch.onnx: layer_norm without parameters, then a scale'],
  traps: ['A scale of another shape than that of the normalized axes.'],
  instances: [{ shapes: { x: ['N', 'T', 8], scale: [8] }, choices: { noBias: 'absent' }, opset: 17 }],
});

export const foldLayerNormAdd: Pass = rulePass({
  name: 'norm/layer-norm-add',
  summary: 'take a scale and a bias into LayerNormalization',
  rules: [layerNormAdd, layerNormScale],
});
