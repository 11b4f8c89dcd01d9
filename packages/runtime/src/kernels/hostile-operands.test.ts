import { dtypes, elementCount, RefoldError, schemaOf, schemaVersions } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newData } from '../tensor/codec.ts';
import { NdArray } from '../tensor/nd-array.ts';
import { attentionKernels } from './attention/index.ts';
import { convolutionKernels } from './convolution/index.ts';
import { imageKernels } from './image/index.ts';
import { indexingKernels } from './indexing/index.ts';
import { linearKernels } from './linear/index.ts';
import { mlKernels } from './ml/index.ts';
import { normalizationKernels } from './normalization/index.ts';
import { quantizationKernels } from './quantization/index.ts';
import { randomKernels } from './random/index.ts';
import { recurrentKernels } from './recurrent/index.ts';
import { reductionKernels } from './reduction/index.ts';
import { type AttributeValue, runOne } from './run-one.ts';
import { sequenceKernels } from './sequence/index.ts';
import { shapeKernels } from './shape/index.ts';
import { signalKernels } from './signal/index.ts';
import { textKernels } from './text/index.ts';
import { trainingKernels } from './training/index.ts';

/** All but those of nested graphs, and elementwise ones, and those of com.microsoft, which have a test of their own. */
const kernels = [
  ...attentionKernels,
  ...convolutionKernels,
  ...imageKernels,
  ...indexingKernels,
  ...linearKernels,
  ...mlKernels,
  ...normalizationKernels,
  ...quantizationKernels,
  ...randomKernels,
  ...recurrentKernels,
  ...reductionKernels,
  ...sequenceKernels,
  ...shapeKernels,
  ...signalKernels,
  ...textKernels,
  ...trainingKernels,
];

const dim = fc.integer({ min: 0, max: 4 });
const small = fc.integer({ min: -2, max: 5 });
const dtype = fc.oneof({ weight: 6, arbitrary: fc.constant('float32' as const) }, fc.constantFrom(...dtypes));
/** A tensor without elements may claim any size along its other axes. */
const shape = fc.tuple(fc.array(dim, { maxLength: 5 }), fc.nat()).map(([dims, at]) => {
  const huge = at % 3 === 0 && dims.includes(0) && dims[at % dims.length] !== 0;
  return huge ? dims.with(at % dims.length, 2 ** 40) : dims;
});
const tensor = fc.tuple(dtype, shape, fc.nat()).map(([type, dims, seed]) => {
  const data = newData(type, elementCount(dims));
  if (!Array.isArray(data) && type !== 'bool') {
    for (let i = 0; i < data.length; i += 1) {
      const value = ((i * 7 + seed) % 5) - 1;
      data[i] =
        data instanceof BigInt64Array || data instanceof BigUint64Array ? BigInt(Math.abs(value)) : value;
    }
  }
  return new NdArray(type, dims, data);
});
const operands = fc.array(fc.option(tensor, { nil: undefined, freq: 6 }), { maxLength: 6 });

/** Values for any attribute that a schema may have, right or wrong. */
const numbers = fc.oneof(
  fc.array(small, { maxLength: 6 }),
  fc.array(fc.constantFrom(1, 2 ** 31, 2 ** 40, -(2 ** 40)), { maxLength: 4 }),
);
const words = fc.constantFrom('SAME_UPPER', 'VALID', 'ij,jk->ik', '...i->...', 'linear', 'x');

test.each(kernels.map((k) => [k.name, k] as const))(
  '%s refuses what it cannot compute, with a reason',
  (name, kernel) => {
    const domain = kernel.domain ?? '';
    const versions = schemaVersions(domain, name);
    fc.assert(
      fc.property(
        operands,
        fc.constantFrom(...versions),
        fc.array(fc.tuple(fc.boolean(), small, numbers, words), { minLength: 16, maxLength: 16 }),
        fc.integer({ min: 1, max: 4 }),
        (inputs, opset, draws, outputs) => {
          const attributes: [string, AttributeValue][] = [];
          for (const [i, attribute] of [
            ...(schemaOf(domain, name, opset)?.attributes.values() ?? []),
          ].entries()) {
            const [wanted, int, ints, word] = draws[i % draws.length] ?? [false, 0, [], ''];
            if (!wanted && !attribute.required) continue;
            if (attribute.type === 'int' || attribute.type === 'float')
              attributes.push([attribute.name, int]);
            else if (attribute.type === 'ints') attributes.push([attribute.name, ints]);
            else if (attribute.type === 'string') attributes.push([attribute.name, word]);
          }
          try {
            const most = schemaOf(domain, name, opset)?.arity[3] ?? 1;
            runOne(name, inputs, Object.fromEntries(attributes), {
              domain,
              opset,
              outputs: Math.min(outputs, most),
            });
          } catch (error) {
            if (!(error instanceof RefoldError) || !error.code.startsWith('model/')) throw error;
            expect(error.message.length).toBeGreaterThan(name.length);
          }
        },
      ),
      { numRuns: 150 },
    );
  },
);
