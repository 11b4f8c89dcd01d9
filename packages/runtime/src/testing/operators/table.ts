import { newestOpset, schemaOf } from '@refold/ir';
import { kernelOf } from '../../kernels/registry.ts';
import { attentionFamily } from './attention.ts';
import { controlFamily } from './control.ts';
import { elementwiseFamily } from './elementwise.ts';
import type { Family, Generator } from './generator.ts';
import { imageFamily } from './image.ts';
import { indexingFamily } from './indexing.ts';
import { linearFamily } from './linear.ts';
import { lossFamily } from './losses.ts';
import { movementFamily } from './movement.ts';
import { normalizationFamily } from './normalization.ts';
import { quantizationFamily } from './quantization.ts';
import { recurrentFamily } from './recurrent.ts';
import { reductionFamily } from './reductions.ts';
import { sequenceFamily } from './sequences.ts';
import { signalFamily } from './signal.ts';
import { textFamily } from './text.ts';

const families: readonly Family[] = [
  elementwiseFamily,
  reductionFamily,
  movementFamily,
  indexingFamily,
  linearFamily,
  normalizationFamily,
  imageFamily,
  quantizationFamily,
  recurrentFamily,
  attentionFamily,
  signalFamily,
  textFamily,
  sequenceFamily,
  lossFamily,
  controlFamily,
];

/** Generators of the standard domain, by operators that the runtime has kernels for. */
export const generators: ReadonlyMap<string, Generator> = new Map(
  families.flatMap((family) => Object.entries(family)).filter(([op]) => kernelOf('', op)),
);

/** Operators that hold nested graphs. */
export const controlOperators: ReadonlySet<string> = new Set(Object.keys(controlFamily));

/** Operators of the standard domain that the kit makes nodes of. */
export const coveredOperators: readonly string[] = [...generators.keys()];

/** Operators of the standard domain that the kit makes no nodes of, each with the reason. */
export const uncoveredOperators: ReadonlyMap<string, string> = new Map([
  ...[
    'Bernoulli',
    'Multinomial',
    'RandomNormal',
    'RandomNormalLike',
    'RandomUniform',
    'RandomUniformLike',
  ].map((name) => [name, 'its results are random'] as const),
  ['ImageDecoder', 'its operand is a picture file'],
]);

/** The first opset that the kit makes nodes for. */
export const OLDEST_OPSET = 7;

/** Opsets at which an operator exists, is not deprecated, and can be made. */
export function opsetsOf(op: string): readonly number[] {
  const found: number[] = [];
  for (let opset = OLDEST_OPSET; opset <= newestOpset(); opset += 1) {
    const schema = schemaOf('', op, opset);
    if (schema && !schema.deprecated) found.push(opset);
  }
  return found;
}
