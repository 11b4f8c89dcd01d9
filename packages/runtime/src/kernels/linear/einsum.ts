import { type EinsumLabel, einsum, einsumLabels, einsumSizes, isInteger } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { type Contraction, contract, sumOver } from './einsum-contract.ts';
import { einsumBigInts } from './einsum-integers.ts';
import { gather, type Labelled, labelled } from './einsum-operand.ts';
import { largest, storeBigInts, toBigInts } from './integer-product.ts';

/** An Einsum with every size known. */
interface Problem {
  readonly operands: readonly NdArray[];
  /** Labels of the axes of each operand. */
  readonly labels: readonly (readonly EinsumLabel[])[];
  readonly output: readonly EinsumLabel[];
  readonly sizes: ReadonlyMap<EinsumLabel, number>;
  readonly dims: readonly number[];
}

/** Contracts the operands from left to right, each time over the labels that nothing later needs. */
function contractAll(problem: Problem, work: Contraction): Labelled {
  const parts = problem.operands.map((operand, i) =>
    labelled(reals(operand), operand.dims, problem.labels[i] ?? [], problem.sizes),
  );
  const [first, ...rest] = parts;
  let result = first ?? { labels: [], sizes: [], strides: [], data: [1] };
  for (const [i, next] of rest.entries()) {
    const later = rest.slice(i + 1).flatMap((p) => p.labels);
    result = contract(result, next, new Set([...problem.output, ...later]), work);
  }
  return sumOver(result, new Set(problem.output), work);
}

function einsumReals(problem: Problem, dtype: NdArray['dtype'], ctx: KernelContext): NdArray {
  const sum = contractAll(problem, { sizes: problem.sizes, ctx });
  const result = realResult(ctx, dtype, problem.dims);
  gather(sum, problem.output, result.values);
  return result.done();
}

/** Whether all sums of products are exact in double, however they are ordered. */
function fitsDoubles(problem: Problem): boolean {
  let bound = 1;
  for (const operand of problem.operands) bound *= largest(reals(operand));
  for (const size of problem.sizes.values()) bound *= size;
  return bound <= Number.MAX_SAFE_INTEGER;
}

function einsumWrapping(problem: Problem, dtype: NdArray['dtype'], ctx: KernelContext): NdArray {
  const out = ctx.alloc(dtype, problem.dims);
  const sums = new BigInt64Array(out.size);
  const operands = problem.operands.map((operand, i) => ({
    data: toBigInts(operand),
    dims: operand.dims,
    labels: problem.labels[i] ?? [],
  }));
  const summed = [...problem.sizes.keys()].filter((l) => !problem.output.includes(l));
  einsumBigInts(operands, [...problem.output, ...summed], problem.sizes, sums, () => ctx.tick());
  storeBigInts(sums, out);
  return out;
}

export const einsumKernel: Kernel = {
  name: 'Einsum',
  run(inputs, ctx) {
    const operands = inputs.map((_, i) => realOperand(inputs, ctx, i));
    const view = einsum.view(ctx.op);
    const dims = resultDims(ctx, einsum, view);
    const sizes = new Map<EinsumLabel, number>();
    for (const [label, size] of einsumSizes(ctx.op, view)?.sizes ?? []) {
      if (typeof size === 'number') sizes.set(label, size);
    }
    const labels = view.terms.map((term, i) => einsumLabels(term, operands[i]?.rank ?? 0) ?? []);
    const problem = { operands, labels, output: einsumLabels(view.output, dims.length) ?? [], sizes, dims };
    const dtype = operands[0]?.dtype ?? 'float32';
    const wraps = isInteger(dtype) && !fitsDoubles(problem);
    return [(wraps ? einsumWrapping : einsumReals)(problem, dtype, ctx)];
  },
};
