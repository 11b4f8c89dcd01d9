import { type DType, isFloat, type Node, printShape, type Value } from '@refold/ir';
import { ConstRef } from '../canonical/const-ref.ts';
import { isLiteral, ulpsBetween } from '../canonical/literal.ts';
import { mayWiden } from '../canonical/widening.ts';
import type { Bindings } from '../match/bindings.ts';
import { hasDims, isOfClass } from '../match/value-test.ts';
import type { ConstantPattern } from '../pattern/pattern.ts';
import type { ConstTest, Tolerance } from '../pattern/value-tests.ts';
import { classText } from './diagnose-value.ts';
import { type Finding, nearness } from './finding.ts';
import { literalText, numberText } from './pattern-text.ts';
import { describeValue } from './place.ts';

/** Why a value is not the constant that a pattern asks for; undefined when only its capture can be at odds. */
export function diagnoseConstant(
  pattern: ConstantPattern,
  value: Value,
  user: Node | undefined,
  bindings: Bindings,
): Finding | undefined {
  const constant = ConstRef.of(value);
  const { test, name } = pattern;
  if (!constant) {
    const wanted = name === undefined ? literalText(test.value, test.tol) : `\`${name}\``;
    const near = value.producer ? nearness.otherOp : nearness.noNode;
    return {
      reason: 'not-constant',
      expected: `constant ${wanted}`,
      found: describeValue(value),
      nearness: near,
    };
  }
  const failed = failedTest(constant, test, value, bindings);
  if (failed) {
    const { [failed.drop]: _, ...rest } = test;
    const mended = { ...pattern, test: rest };
    return { ...failed.finding, mend: { pattern: mended, clause: failed.clause } };
  }
  const asNumber = typeof test.value === 'number' || test.splat === true;
  if (!asNumber || !user || !mayWiden(value, user)) return undefined;
  const found = `\`${value.name}\` of shape ${printShape(constant.dims)}, with which ${user.op} may also expand`;
  return { reason: 'widens', expected: 'a number that keeps the shape', found, nearness: nearness.fact };
}

interface FailedTest {
  readonly finding: Omit<Finding, 'mend'>;
  readonly clause: string;
  readonly drop: keyof ConstTest;
}

function failedTest(
  constant: ConstRef,
  test: ConstTest,
  value: Value,
  bindings: Bindings,
): FailedTest | undefined {
  const clause = (what: string): string => `\`${value.name}\` were ${what}`;
  const fact = (reason: string, expected: string, found: string, drop: keyof ConstTest): FailedTest => ({
    finding: { reason, expected, found, nearness: nearness.fact },
    clause: clause(expected),
    drop,
  });
  if (test.dtype !== undefined && !isOfClass(constant.dtype, test.dtype)) {
    return fact('dtype', classText(test.dtype), constant.dtype, 'dtype');
  }
  if (test.dims !== undefined && !hasDims(constant.dims, test.dims, bindings)) {
    return fact('dims', `of shape [${test.dims.join(', ')}]`, printShape(constant.dims), 'dims');
  }
  if (test.value !== undefined && !isLiteral(constant, test.value, test.tol ?? 'exact')) {
    const finding = diagnoseLiteral(constant, test.value, test.tol ?? 'exact', value);
    return { finding, clause: clause(literalText(test.value)), drop: 'value' };
  }
  if (test.splat === undefined || (constant.splat !== undefined) === test.splat) return undefined;
  return test.splat
    ? fact('not-uniform', 'equal elements', describeValue(value), 'splat')
    : fact('uniform', 'elements that differ', describeValue(value), 'splat');
}

function diagnoseLiteral(
  constant: ConstRef,
  literal: number | readonly number[],
  tol: Tolerance,
  value: Value,
): Omit<Finding, 'mend'> {
  const { splat, dtype } = constant;
  const found =
    typeof literal === 'number' && typeof splat === 'number'
      ? distanceText(splat, literal, dtype)
      : describeValue(value);
  const expected = `${literalText(literal, 'exact', dtype)}${toleranceText(tol)}`;
  return { reason: 'constant-value', expected, found, nearness: nearness.number };
}

/** `1.41421, 29 ulp from it in float32`. */
export function distanceText(actual: number, literal: number, dtype: DType): string {
  const ulps = isFloat(dtype) ? ulpsBetween(actual, literal, dtype) : undefined;
  const far = ulps === undefined || ulps > 1_000_000n ? '' : `, ${ulps} ulp from it in ${dtype}`;
  return `${numberText(actual, dtype)}${far}`;
}

export function toleranceText(tol: Tolerance): string {
  if (tol === 'exact') return '';
  if ('ulp' in tol) return ` within ${tol.ulp} ulp`;
  return ` within a share of ${tol.rel}${tol.abs === undefined ? '' : ` and ${tol.abs}`}`;
}
