import { type DType, tensorOf } from '@refold/ir';
import {
  type ConstRef,
  constant,
  named,
  no,
  oneOf,
  op,
  product,
  type Rule,
  rule,
  sum,
  value,
  yes,
} from '@refold/matcher';
import { clipBounds } from '../identities/clip-bounds.ts';
import { type Pass, rulePass } from '../manager/pass.ts';
import { codeRanges } from './codes.ts';

/** Types that QuantizeLinear makes from its first version on; others came with opset 21. */
const eightBit: ReadonlySet<DType> = new Set(['uint8', 'int8']);

const x = value('x', { dtype: 'float32' });
// A product with 1 / s would round otherwise, and by a whole step where that decides.
const steps = op('Round', [op('Div', [x, constant('scale', { splat: true })])]);

/** The integer type whose codes are just those between two bounds. */
function typeOf(bounds: {
  readonly lo: number | undefined;
  readonly hi: number | undefined;
}): DType | undefined {
  for (const [dtype, [low, high]] of codeRanges) if (low === bounds.lo && high === bounds.hi) return dtype;
  return undefined;
}

function zeroOf(constant: ConstRef | undefined): number {
  return constant ? Number(constant.splat) : 0;
}

const fakeQuant: Rule = rule({
  name: 'quantization/fake-quant',
  doc: '(Clip(Round(x / s) + z, low, high) - z) * s = DequantizeLinear(QuantizeLinear(x, s, z), s, z)',
  match: product([
    oneOf('form', {
      shifted: sum([named('clip', op('Clip', [sum([steps, constant('zero')])])), constant('back')]),
      symmetric: named('clip', op('Clip', [steps])),
    }),
    constant('scale', { splat: true }),
  ]),
  guard: (m, q) => {
    const bounds = clipBounds(m.clip);
    const dtype = bounds && typeOf({ lo: bounds.lo, hi: bounds.hi });
    if (!dtype) return no('not-the-range-of-a-type');
    if (!eightBit.has(dtype) && q.opset < 21) return no('type-not-in-opset');
    const zero = zeroOf(m.zero);
    const [low, high] = codeRanges.get(dtype) ?? [0, 0];
    if (!Number.isInteger(zero) || zero < low || zero > high) return no('zero-point', 'zero');
    if (zeroOf(m.back) !== -zero) return no('zero-point-differs', 'back');
    return Number(m.scale.splat) > 0 && m.scale.value ? yes : no('scale', 'scale');
  },
  build: (m, b) => {
    const bounds = clipBounds(m.clip);
    const dtype = (bounds && typeOf({ lo: bounds.lo, hi: bounds.hi })) ?? b.fail('not-the-range-of-a-type');
    const scale = b.constant([Number(m.scale.splat)], 'float32', [], 'scale');
    const zero = b.constant(tensorOf(dtype, [], [zeroOf(m.zero)]), 'zero_point');
    return b.node('DequantizeLinear', [b.node('QuantizeLinear', [m.x, scale, zero]), scale, zero]);
  },
  emits: [
    { op: 'QuantizeLinear', since: 10 },
    { op: 'DequantizeLinear', since: 10 },
  ],
  // NaN passes through the arithmetic and has no code.
  exactness: 'approximate',
  phase: 'quantize',
  exporters: ['torch fake_quantize before opset 13', 'hand-written quantization-aware training'],
  traps: ['x * (1 / s) is not x / s', 'bounds that are not those of a type, as [-127, 127]'],
  instances: [
    {
      shapes: { x: ['A', 'B'], scale: [], zero: [], back: [] },
      values: { scale: 0.125, zero: 128, back: -128, min: 0, max: 255 },
      choices: { form: 'shifted' },
    },
    {
      shapes: { x: ['A', 'B'], scale: [] },
      values: { scale: 0.125, min: -128, max: 127 },
      choices: { form: 'symmetric' },
    },
  ],
});

export const foldFakeQuant: Pass = rulePass({
  name: 'quantization/fake-quant',
  summary: 'fold the arithmetic of fake quantization back',
  rules: [fakeQuant],
});
