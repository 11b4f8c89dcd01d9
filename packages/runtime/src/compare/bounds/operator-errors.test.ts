import { knownOperators } from '@refold/ir';
import { expect, test } from 'vitest';
import { kernelOf } from '../../kernels/registry.ts';
import { listedOperators } from './operator-errors.ts';

const namesOf = (...domains: string[]) =>
  knownOperators().flatMap(([domain, name]) => (domains.includes(domain) ? [name] : []));

/** Operators whose results are not floats computed of floats: control flow, sequences, text, images, chance. */
const others =
  /^(Bernoulli|If|ImageDecoder|Loop|Multinomial|Optional.*|Random.*|RegexFullMatch|Scan|Sequence.*|SplitToSequence|String.*)$/;

test('the table lists operators of ONNX, each once', () => {
  const listed = listedOperators();
  expect(listed.filter((name) => !namesOf('', 'ai.onnx.preview').includes(name))).toEqual([]);
  expect(new Set(listed).size).toBe(listed.length);
});

test('every standard operator that has a kernel and computes floats is listed', () => {
  const listed = new Set(listedOperators());
  const missing = namesOf('').filter((name) => kernelOf('', name) && !listed.has(name) && !others.test(name));
  expect(missing).toEqual([]);
});
