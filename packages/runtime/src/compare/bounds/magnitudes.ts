import type { NdValue } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { type Errors, type EvaluatedNode, floatArray } from './errors.ts';
import { operatorError } from './operator-errors.ts';
import { numbersOf, rerun, withNumbers } from './rerun.ts';

/**
 * The first result of a sum of products, evaluated on the magnitudes of its operands, each with its error added
 * to it: what gamma(k) is relative to. Undefined when the operator cannot be evaluated so.
 */
export function magnitudes(node: EvaluatedNode, errors: readonly Errors[]): Float64Array | undefined {
  const { op } = node;
  const signs = op.node.is('Gemm') ? gemmSigns(node) : operatorError(op.node.domain, op.node.opType).signs;
  const operands = withNumbers(node, (array, index) => {
    const sign = signs?.[index] ?? 1;
    const numbers = numbersOf(array);
    if (sign === 0) return numbers;
    const error = errors[index] ?? 'none';
    for (let i = 0; i < numbers.length; i += 1) {
      const more =
        error === 'none' ? 0 : error === 'unknown' ? Number.POSITIVE_INFINITY : (error[i] as number);
      numbers[i] = sign * (Math.abs(numbers[i] as number) + more);
    }
    return numbers;
  });
  return firstMagnitudes(rerun(node, operands));
}

/** alpha A B and beta C shall have one sign. */
function gemmSigns({ op }: EvaluatedNode): readonly (1 | -1)[] {
  const opposed = (op.float('alpha') ?? 1) * (op.float('beta') ?? 1) < 0;
  return [1, 1, opposed ? -1 : 1];
}

function firstMagnitudes(results: readonly (NdValue | undefined)[] | undefined): Float64Array | undefined {
  const array = floatArray(results?.[0]);
  return array && Float64Array.from(reals(array), Math.abs);
}
