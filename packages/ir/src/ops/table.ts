import { normalDomain } from '../graph/node.ts';
import { attentionOperators } from './attention/index.ts';
import { controlOperators } from './control/index.ts';
import { convolutionOperators } from './convolution/index.ts';
import { elementwiseOperators } from './elementwise/index.ts';
import { imageOperators } from './image/index.ts';
import { indexingOperators } from './indexing/index.ts';
import { linearOperators } from './linear/index.ts';
import { microsoftOperators } from './microsoft/index.ts';
import { mlOperators } from './ml/index.ts';
import { normalizationOperators } from './normalization/index.ts';
import { OpTable } from './op-table.ts';
import type { Operator } from './operator.ts';
import { quantizationOperators } from './quantization/index.ts';
import { randomOperators } from './random/index.ts';
import { recurrentOperators } from './recurrent/index.ts';
import { reductionOperators } from './reduction/index.ts';
import { sequenceOperators } from './sequence/index.ts';
import { shapeOperators } from './shape/index.ts';
import { signalOperators } from './signal/index.ts';
import { textOperators } from './text/index.ts';
import { trainingOperators } from './training/index.ts';

/** Every operator that refold knows the meaning of, by family. */
const families: readonly (readonly Operator[])[] = [
  attentionOperators,
  controlOperators,
  convolutionOperators,
  elementwiseOperators,
  imageOperators,
  indexingOperators,
  linearOperators,
  microsoftOperators,
  mlOperators,
  normalizationOperators,
  quantizationOperators,
  randomOperators,
  recurrentOperators,
  reductionOperators,
  sequenceOperators,
  shapeOperators,
  signalOperators,
  textOperators,
  trainingOperators,
];

let table: OpTable<Operator> | undefined;

/** The meaning of an operator, if refold knows it. A model function of the same name comes first: see `Model.functionOf`. */
export function operatorOf(domain: string, name: string): Operator | undefined {
  table ??= tableOf(families.flat());
  return table.get(normalDomain(domain), name);
}

function tableOf(operators: readonly Operator[]): OpTable<Operator> {
  const made = new OpTable<Operator>();
  for (const operator of operators) made.set(operator.domain ?? '', operator.name, operator);
  return made;
}
