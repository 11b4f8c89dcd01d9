import type { Node, Value } from '@refold/ir';
import { ConstRef } from '../canonical/const-ref.ts';
import { isLiteral } from '../canonical/literal.ts';
import { mayWiden } from '../canonical/widening.ts';
import type { ConstantPattern } from '../pattern/pattern.ts';
import type { ConstTest } from '../pattern/value-tests.ts';
import type { Scope, Search } from './search.ts';
import { hasDims, isOfClass } from './value-test.ts';

export function matchConstant(
  search: Search,
  { name, test }: ConstantPattern,
  value: Value,
  user: Node | undefined,
  scope: Scope | undefined,
): boolean {
  const constant = ConstRef.of(value);
  if (!constant || !isAsAsked(search, constant, test)) return false;
  const asNumber = typeof test.value === 'number' || test.splat === true;
  if (asNumber && user && mayWiden(value, user)) return false;
  return name === undefined || search.capture(name, constant, scope);
}

/** Whether a constant passes the test of a pattern, whoever reads it. */
export function isAsAsked(search: Search, constant: ConstRef, test: ConstTest): boolean {
  if (test.dtype !== undefined && !isOfClass(constant.dtype, test.dtype)) return false;
  if (test.dims !== undefined && !hasDims(constant.dims, test.dims, search.bindings)) return false;
  if (test.value !== undefined && !isLiteral(constant, test.value, test.tol ?? 'exact')) return false;
  return test.splat === undefined || (constant.splat !== undefined) === test.splat;
}
