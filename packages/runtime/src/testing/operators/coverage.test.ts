import {
  knownOperators,
  newestOpset,
  printModel,
  staticShape,
  type ValueType,
  verifyModel,
} from '@refold/ir';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kernelOf } from '../../kernels/registry.ts';
import { createSession } from '../../session/session.ts';
import type { NdValue } from '../../tensor/nd-array.ts';
import { type GeneratedModel, textOf } from '../arbitraries/generated.ts';
import { operatorNodes } from '../arbitraries/operator-nodes.ts';
import { coveredOperators, opsetsOf, uncoveredOperators } from './table.ts';

/** Models of an operator at each of its opsets. REFOLD_KIT_RUNS looks closer. */
const RUNS = Number(process.env.REFOLD_KIT_RUNS ?? 1);

const standard = knownOperators().flatMap(([domain, name]) => (domain === '' ? [name] : []));

test('every operator of the standard domain with a kernel is covered, or left out for a reason', () => {
  const missing = standard.filter(
    (op) => kernelOf('', op) && !coveredOperators.includes(op) && !uncoveredOperators.has(op),
  );
  expect(missing).toEqual([]);
  expect(coveredOperators.length).toBeGreaterThanOrEqual(185);
  expect(Object.fromEntries(uncoveredOperators)).toMatchInlineSnapshot(`
    {
      "Bernoulli": "its results are random",
      "ImageDecoder": "its operand is a picture file",
      "Multinomial": "its results are random",
      "RandomNormal": "its results are random",
      "RandomNormalLike": "its results are random",
      "RandomUniform": "its results are random",
      "RandomUniformLike": "its results are random",
    }
  `);
});

/** Why a value is not of the type that inference gave. */
function misfit(value: NdValue | undefined, type: ValueType | undefined): string | undefined {
  if (!value) return 'it is missing';
  if (type?.kind !== 'tensor' || value.kind !== 'tensor') return undefined;
  if (value.dtype !== type.dtype) return `${value.dtype}, inferred ${type.dtype}`;
  const dims = staticShape(type.shape);
  return dims && dims.join() !== value.dims.join() ? `[${value.dims}], inferred [${dims}]` : undefined;
}

function check({ model, feeds }: GeneratedModel): void {
  expect(verifyModel(model).map((f) => f.message)).toEqual([]);
  const results = createSession(model).run(feeds);
  for (const { name, type } of model.graph.outputs) expect(misfit(results.get(name), type)).toBeUndefined();
}

describe('nodes are valid, run, and give what inference says, at every opset', () => {
  test.each(coveredOperators)('%s', (op) => {
    const opsets = opsetsOf(op);
    expect(opsets.length).toBeGreaterThan(0);
    for (const opset of opsets) {
      for (const made of fc.sample(operatorNodes({ ops: [op], opset }), { seed: opset, numRuns: RUNS })) {
        expect(
          [...made.model.graph.nodes()].map((node) => node.opType),
          printModel(made.model),
        ).toContain(op);
        try {
          check(made);
        } catch (error) {
          throw new Error(`opset ${opset}: ${error instanceof Error ? error.message : ''}\n${textOf(made)}`);
        }
      }
    }
  });
});

test('opsets reach from 7 to the newest', () => {
  expect(opsetsOf('Add')).toEqual(Array.from({ length: newestOpset() - 6 }, (_, i) => 7 + i));
  expect(opsetsOf('Scatter')).toEqual([9, 10]);
});
