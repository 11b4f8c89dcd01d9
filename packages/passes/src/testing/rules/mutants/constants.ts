import { isFloat, isInteger, type Tensor, tensorFloats, tensorOf } from '@refold/ir';
import { ulpOf } from '../ulp.ts';
import { type Constant, type Mutant, nameOf, type Site } from './mutant.ts';

/** A change of all elements of a constant, or of one. */
function changed(
  site: Site,
  constant: Constant,
  change: (x: number, tensor: Tensor) => number,
  one: boolean,
): string {
  const { tensor } = constant;
  const numbers = tensorFloats(tensor);
  const at = one ? site.choices.below(numbers.length) : -1;
  const moved = numbers.map((x, i) => (at < 0 || i === at ? change(x, tensor) : x));
  site.setConstant(constant, tensorOf(tensor.dtype, tensor.dims, moved));
  return `${nameOf(constant)}: ${numbers[Math.max(at, 0)]} became ${moved[Math.max(at, 0)]}`;
}

const isFloatConstant = ({ tensor }: Constant): boolean => isFloat(tensor.dtype) && tensor.size > 0;

/** Whether a change makes another number of some element, not only another sign of zero. */
function moves(tensor: Tensor, change: (x: number, tensor: Tensor) => number): boolean {
  return tensorFloats(tensor).some((x) => change(x, tensor) !== x);
}

function floatMutant(kind: string, change: (x: number, tensor: Tensor) => number): Mutant {
  return {
    kind,
    mutate(site) {
      const constant = site.constant((c) => isFloatConstant(c) && moves(c.tensor, change));
      if (!constant) return undefined;
      const one = constant.tensor.size > 1 && site.choices.flag();
      return changed(site, constant, change, one);
    },
  };
}

const byUlps = floatMutant('constant-64-ulp', (x, { dtype }) => x + 64 * ulpOf(dtype, x));
/** In coarse types, 1 percent is no more than rounding. */
const byPercent = floatMutant('constant-1-percent', (x, { dtype }) => {
  const step = Math.max(0.01 * Math.abs(x), 8 * ulpOf(dtype, x), x === 0 ? 0.01 : 0);
  return x < 0 ? x - step : x + step;
});
const bySign = floatMutant('constant-sign', (x) => -x);
const byOne = floatMutant('constant-plus-1', (x) => x + 1);
const byNaN = floatMutant('constant-not-finite', (x) => (x > 1 ? Number.NaN : Number.POSITIVE_INFINITY));

const integers: Mutant = {
  kind: 'integer-constant',
  mutate(site) {
    const constant = site.constant(({ tensor }) => isInteger(tensor.dtype) && tensor.size > 0);
    if (!constant) return undefined;
    const step = site.choices.flag() ? -1 : 1;
    return changed(site, constant, (x) => x + step, true);
  },
};

/** Exchanges two elements of a constant of integers: an order of axes, sizes of parts, indices. */
const order: Mutant = {
  kind: 'constant-order',
  mutate(site) {
    const constant = site.constant(({ tensor }) => !tensor.strings && tensor.size > 1);
    if (!constant) return undefined;
    const { tensor } = constant;
    const numbers = tensorFloats(tensor);
    const at = site.choices.below(numbers.length - 1);
    const [a = 0, b = 0] = [numbers[at], numbers[at + 1]];
    if (a === b) return undefined;
    numbers[at] = b;
    numbers[at + 1] = a;
    site.setConstant(constant, tensorOf(tensor.dtype, tensor.dims, numbers));
    return `${nameOf(constant)}: elements ${at} and ${at + 1} changed places`;
  },
};

const notUniform: Mutant = {
  kind: 'constant-not-uniform',
  mutate(site) {
    const constant = site.constant((c) => isFloatConstant(c) && c.tensor.size === 1);
    const size = lastSize(site);
    if (!constant || size === undefined || size < 2) return undefined;
    const [x = 0] = tensorFloats(constant.tensor);
    const elements = Array.from({ length: size }, (_, i) => x * (1 + i));
    site.setConstant(constant, tensorOf(constant.tensor.dtype, [size], elements));
    return `${nameOf(constant)} became ${size} different numbers`;
  },
};

/** The last size of an input, so that numbers of that size broadcast. */
function lastSize({ model, choices }: Site): number | undefined {
  const sizes = model.graph.inputs.flatMap(({ type }) =>
    type?.kind === 'tensor' ? (type.shape?.at(-1) ?? []) : [],
  );
  return choices.any(sizes.filter((size) => typeof size === 'number'));
}

export const constantMutants: readonly Mutant[] = [
  ...[byUlps, byPercent, bySign, byOne, byNaN, integers, order, notUniform],
];
