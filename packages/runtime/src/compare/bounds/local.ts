import { floatLimits } from '../../inputs/float-limits.ts';
import type { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { largestMagnitude } from '../largest-magnitude.ts';
import { computeUnit, type Errors, type EvaluatedNode, floatArray, gamma, storeError } from './errors.ts';
import { magnitudes } from './magnitudes.ts';
import type { LocalError } from './operator-errors.ts';
import { rowErrors } from './rows.ts';

/** How many results between its steps an operator of many steps may round to its own type, as its function body does. */
const STAGES = 4;

/** What the arithmetic of a node adds to the errors of its output `index`, for exact operands. */
export function localErrors(node: EvaluatedNode, index: number, rule: LocalError): Errors {
  const y = floatArray(node.outputs[index]);
  // Integers, truth values and strings are exact.
  if (!y) return 'none';
  // The other outputs of an operator are by-products: statistics, states, indices.
  const kind = index > 0 && (rule.kind === 'sum' || rule.kind === 'rows') ? 'scaled' : rule.kind;
  const unit = computeUnit(y.dtype);
  const terms = 'terms' in rule ? rule.terms(node) : y.size;
  const g = gamma(terms + 8, unit);
  switch (kind) {
    case 'none':
      return 'none';
    case 'rounded':
      return perElement(y, () => 0);
    case 'function': {
      const { ulps, absolute } = rule.kind === 'function' ? rule : { ulps: 0, absolute: 0 };
      return perElement(y, (v) => 2 * unit * ulps * Math.abs(v) + absolute * unit);
    }
    case 'sum':
      return sumErrors(node, y, gamma(terms, unit) + constantRounding(node));
    case 'positive':
      return perElement(y, (v) => g * Math.abs(v));
    case 'logarithm':
      return perElement(y, (v) => g + 8 * unit * (1 + Math.abs(v)));
    case 'softmax':
      return perElement(y, (v) => v * g + (v > 0 ? -2 * unit * v * Math.log(v) : 0));
    case 'rows':
      return rowErrors(node);
    case 'scaled': {
      const top = largestMagnitude(reals(y));
      const each = (g + STAGES * floatLimits(y.dtype).unit) * top;
      return perElement(y, () => each);
    }
  }
}

/** What operands that are rounded constants add, relative to a product of them. */
function constantRounding({ inputs, rounded }: EvaluatedNode): number {
  let sum = 0;
  inputs.forEach((value, i) => {
    const array = rounded?.[i] ? floatArray(value) : undefined;
    if (array) sum += floatLimits(array.dtype).unit;
  });
  return sum;
}

function sumErrors(node: EvaluatedNode, y: NdArray, g: number): Errors {
  const sums = magnitudes(node, []);
  if (!sums || sums.length !== y.size) return 'unknown';
  const values = reals(y);
  for (let i = 0; i < sums.length; i += 1) {
    const v = values[i] as number;
    sums[i] = Number.isFinite(v) ? g * (sums[i] as number) + storeError(y.dtype, v) : 0;
  }
  return sums;
}

/** `more` at each element, and its rounding to its type. */
function perElement(y: NdArray, more: (value: number) => number): Float64Array {
  const values = reals(y);
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i += 1) {
    const v = values[i] as number;
    out[i] = Number.isFinite(v) ? more(v) + storeError(y.dtype, v) : 0;
  }
  return out;
}
