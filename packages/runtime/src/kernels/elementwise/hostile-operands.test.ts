import { type DType, dtypes, elementCount, ModelError, newestOpset, UnknownAttribute } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newData } from '../../tensor/codec.ts';
import { NdArray, type NdValue } from '../../tensor/nd-array.ts';
import type { Kernel } from '../kernel.ts';
import { microsoftKernels } from '../microsoft/index.ts';
import { quantizationKernels } from '../quantization/index.ts';
import { type AttributeValue, runOne } from '../run-one.ts';
import { elementwiseKernels } from './index.ts';

function tensorOf(dtype: DType): fc.Arbitrary<NdValue> {
  const dims = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });
  return dims.map((d) => new NdArray(dtype, d, newData(dtype, elementCount(d))));
}

const operand: fc.Arbitrary<NdValue | undefined> = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...dtypes).chain(tensorOf) },
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant<NdValue>({ kind: 'sequence', items: [] }) },
  { weight: 1, arbitrary: fc.constant<NdValue>({ kind: 'optional', item: undefined }) },
);

/** Attributes of these operators, with values that fit and values that do not. */
const attributes: fc.Arbitrary<Record<string, AttributeValue>> = fc.dictionary(
  fc.constantFrom(
    'to',
    'axis',
    'block_size',
    'output_dtype',
    'precision',
    'fmod',
    'direction',
    'opset',
    'group',
    'alpha',
  ),
  fc.oneof(fc.integer({ min: -3, max: 30 }), fc.double(), fc.constantFrom('LEFT', 'none', '')),
  { maxKeys: 3 },
);

/** Lists of operands, mostly of one type, so that many get past the first check. */
const operands: fc.Arbitrary<readonly (NdValue | undefined)[]> = fc.oneof(
  fc.array(operand, { maxLength: 9 }),
  fc.constantFrom(...dtypes).chain((dtype) => fc.array(tensorOf(dtype), { maxLength: 9 })),
);

const kernels: readonly Kernel[] = [
  ...elementwiseKernels,
  ...quantizationKernels,
  ...microsoftKernels.filter((kernel) => kernel.name.startsWith('QLinear')),
];

test.each(kernels.map((k) => [k.name, k] as const))(
  '%s takes operands or refuses them, and does nothing else',
  (name, kernel) => {
    const { domain = '' } = kernel;
    fc.assert(
      fc.property(operands, attributes, (values, given) => {
        try {
          runOne(name, values, given, { domain, opset: domain === '' ? newestOpset() : 1, outputs: 1 });
        } catch (error) {
          if (!(error instanceof ModelError) && !(error instanceof UnknownAttribute)) throw error;
          expect(error.message).not.toBe('');
        }
      }),
      { numRuns: 150 },
    );
  },
);
