import { type Attribute, averagePool, type Node, type Value, viewAs } from '@refold/ir';
import { named, no, op, type Params, type Rule, rule, type Verdict, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { constantFloats } from '../support/constants.ts';
import { viewFlag, viewNumber } from '../support/view.ts';
import { codedOperand, codingOf, fit, MICROSOFT, x } from './coded.ts';

interface Unary {
  readonly name: string;
  readonly from: string;
  /** Attributes of the node of the operator on codes. */
  readonly attributes?: (node: Node) => Params;
  /** What else must hold of the node, and of the nodes that decode and code. */
  readonly guard?: (node: Node, decode: Node, code: Node) => Verdict;
  /** Attributes of the float operator in the instance for tests, and its operand and result. */
  readonly instance: { readonly attributes?: string; readonly x: string; readonly y: string };
}

const copied = (node: Node): Params => Object.fromEntries(node.attributes);

const int = (name: string, value: number): Attribute => ({ name, type: 'int', value });

function unary({ name, from, attributes = () => ({}), guard, instance }: Unary): Rule {
  const to = `QLinear${from}`;
  return rule({
    name: `qoperator/${name}`,
    doc: `QuantizeLinear(${from}(DequantizeLinear(x))) = ${to}(x)`,
    match: op('QuantizeLinear', [named('inner', op(from, [x]))], { extraInputs: 'allow' }),
    guard: ({ inner, fromX, $node }) => {
      const fits = fit([fromX], $node);
      return fits.ok ? (guard?.(inner, fromX, $node) ?? yes) : fits;
    },
    build: ({ inner, x, fromX, $node }, b) =>
      b.node(to, [...codedOperand(x, fromX, b), ...codingOf($node, b)], attributes(inner), {
        domain: MICROSOFT,
      }),
    emits: [{ op: to, domain: MICROSOFT, since: 1 }],
    exactness: 'exact',
    phase: 'lower',
    traps: ['codes of another type before than behind', 'a scale for each channel'],
    instances: [
      {
        model: `<ir_version: 10, opset_import: ["" : 18, "com.microsoft" : 1]> g (float[${instance.x}] x) => (float[${instance.y}] y)
          <float sx = {0.05}, uint8 zx = {128}, float sy = {0.00390625}, uint8 zy = {0}> {
            q = QuantizeLinear (x, sx, zx) d = DequantizeLinear (q, sx, zx) c = ${from} ${instance.attributes ?? ''} (d)
            p = QuantizeLinear (c, sy, zy) y = DequantizeLinear (p, sy, zy) }`,
      },
    ],
  });
}

/** ONNX Runtime's kernel takes scales that are at most 256 times as large as each other. */
function areNear(_: Node, decode: Node, code: Node): Verdict {
  const [a, b] = [decode.inputs[1], code.inputs[1]].map((scale: Value | undefined) =>
    scale ? (constantFloats(scale)?.[0] ?? 0) : 0,
  );
  const ratio = (a ?? 0) / (b ?? 1);
  return ratio >= 1 / 256 && ratio <= 256 ? yes : no('scale');
}

/** The operator on codes knows no gaps in windows. */
function isDense(node: Node): Verdict {
  return viewAs(node, averagePool)?.dilations.every((d) => d === 1) ? yes : no('dilated', 'inner');
}

const sigmoid = unary({ name: 'sigmoid', from: 'Sigmoid', instance: { x: '2,4', y: '2,4' } });

const leakyRelu = unary({
  name: 'leaky-relu',
  from: 'LeakyRelu',
  attributes: copied,
  instance: { attributes: '<alpha = 0.2>', x: '2,4', y: '2,4' },
});

const softmax = unary({
  name: 'softmax',
  from: 'Softmax',
  // Before opset 13, it was taken over all axes from `axis` on; the attribute says which is meant.
  attributes: (node) => ({
    axis: int('axis', viewNumber(node, 'axis') ?? -1),
    opset: int('opset', viewFlag(node, 'coerced') ? 12 : 13),
  }),
  guard: (node) => (viewNumber(node, 'axis') === undefined ? no('parameters', 'inner') : yes),
  instance: { attributes: '<axis = 1>', x: '2,4', y: '2,4' },
});

const average = unary({
  name: 'average-pool',
  from: 'AveragePool',
  attributes: (node) => Object.fromEntries([...node.attributes].filter(([name]) => name !== 'dilations')),
  guard: isDense,
  instance: { attributes: '<kernel_shape = [2, 2], pads = [1, 0, 0, 1]>', x: '1,2,4,4', y: '1,2,4,4' },
});

const globalAverage = unary({
  name: 'global-average-pool',
  from: 'GlobalAveragePool',
  attributes: () => ({ channels_last: int('channels_last', 0) }),
  guard: areNear,
  instance: { x: '1,2,4,4', y: '1,2,1,1' },
});

export const unaryOnCodes: Pass = rulePass({
  name: 'qoperator/unary',
  summary:
    "write pooling by average, Sigmoid, LeakyRelu and Softmax between codes as ONNX Runtime's operators on codes",
  rules: [sigmoid, leakyRelu, softmax, average, globalAverage],
  byDefault: false,
});
