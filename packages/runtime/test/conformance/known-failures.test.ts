import { parseModel, printModel } from '@refold/ir';
import { createSession, fromReals, type NdArray, type NdValue, reals } from '@refold/runtime';
import { describe, expect, test } from 'vitest';
import { type Case, findCases, setsOf } from './archive.ts';
import { readKnownFailures } from './known-failures.ts';
import { readValue } from './read-value.ts';
import { modelOf } from './run-case.ts';

// Why the cases on the list fail: what they expect is itself rounded, and lies no nearer to the true value
// than what refold gives. The true value is that of the same operator on doubles.

const found = findCases();
const cases = new Map(typeof found === 'string' ? [] : found.map((one) => [one.name, one]));

/** Each listed case, the case of its operator, and the name of its element type in ONNX's text. */
const evidence = [
  ['node/test_attention_4d_causal_fp16_expanded', 'node/test_attention_4d_causal_fp16', 'float16'],
  ['node/test_dft_inverse', 'node/test_dft_inverse', 'float'],
  ['node/test_dft_inverse_opset19', 'node/test_dft_inverse_opset19', 'float'],
] as const;

const tensor = (value: NdValue | undefined): NdArray => {
  if (value?.kind !== 'tensor') throw new Error('a tensor is expected');
  return value;
};

function run(one: Case, inDoubles?: string): readonly number[] {
  const model = modelOf(one);
  const types = model.graph.inputs.map((input) => input.type ?? input.declared);
  const inputs = (setsOf(one.folder)[0]?.inputs ?? []).map((bytes, i) => tensor(readValue(bytes, types[i])));
  const text = printModel(model);
  const same = inDoubles === undefined ? model : parseModel(text.replaceAll(`${inDoubles}[`, 'double['));
  const session = createSession(same);
  const feeds = session.inputs.map(({ name, type }, i): [string, NdArray] => {
    const array = inputs[i] ?? fromReals('float32', [0], []);
    const wanted = type?.kind === 'tensor' ? type.dtype : array.dtype;
    return [name, wanted === array.dtype ? array : fromReals(wanted, array.dims, reals(array))];
  });
  const [result] = session.run(new Map(feeds)).values();
  return Array.from(reals(tensor(result)));
}

function expectedOf(one: Case): readonly number[] {
  const [output] = modelOf(one).graph.outputs;
  const bytes = setsOf(one.folder)[0]?.outputs[0] ?? new Uint8Array();
  return Array.from(reals(tensor(readValue(bytes, output?.type ?? output?.declared))));
}

const largest = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - (b[i] ?? Number.NaN))), 0);

describe.skipIf(cases.size === 0)(
  'what known failures expect is further from the truth than what they get',
  () => {
    test.each(evidence)('%s', (name, operator, dtype) => {
      const [one, whole] = [cases.get(name), cases.get(operator)];
      if (!one || !whole) throw new Error('there is no such case');
      const truth = run(whole, dtype);
      expect(largest(run(one), truth)).toBeLessThan(largest(expectedOf(one), truth));
    });

    test('no others are listed', () => {
      expect([...readKnownFailures().keys()].sort()).toEqual(evidence.map(([name]) => name).sort());
    });
  },
);
