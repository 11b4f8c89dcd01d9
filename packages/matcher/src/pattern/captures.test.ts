import type { Node, ParamValue, Value } from '@refold/ir';
import { expect, expectTypeOf, test } from 'vitest';
import { find, model } from '../../test/support.ts';
import {
  any,
  type ConstRef,
  commutative,
  constant,
  list,
  named,
  num,
  oneOf,
  op,
  optional,
  type Pat,
  rule,
  through,
  value,
  yes,
} from '../index.ts';

type CapturesOf<P> = P extends Pat<infer C> ? C : never;

test('captures are typed by what captures them', () => {
  const p = op('Add', [named('n', op('Relu', ['x'])), constant('c')]);
  expectTypeOf<CapturesOf<typeof p>>().toEqualTypeOf<{
    readonly n: Node;
    readonly x: Value;
    readonly c: ConstRef;
  }>();
  const q = op('Concat', [list('xs')], { params: { axis: { capture: 'axis' } } });
  expectTypeOf<CapturesOf<typeof q>>().toEqualTypeOf<{
    readonly xs: readonly Value[];
    readonly axis: ParamValue;
  }>();
  const r = op('ReduceMean', [any], { params: { axes: { axes: 'trailing', capture: 'axes' }, keepdims: 1 } });
  expectTypeOf<CapturesOf<typeof r>>().toEqualTypeOf<{ readonly axes: readonly number[] }>();
  const s = through(['Identity', 'Dropout'], value('x'), { capture: 'skipped' });
  expectTypeOf<CapturesOf<typeof s>>().toEqualTypeOf<{
    readonly x: Value;
    readonly skipped: readonly Node[];
  }>();
});

test('captures that not all alternatives bind are optional', () => {
  const p = oneOf('form', { relu: op('Relu', ['x']), clip: op('Clip', ['x', 'low']) });
  expectTypeOf<CapturesOf<typeof p>['form']>().toEqualTypeOf<'relu' | 'clip'>();
  expectTypeOf<CapturesOf<typeof p>['x']>().toEqualTypeOf<Value>();
  expectTypeOf<CapturesOf<typeof p>>().toHaveProperty('low');
  expectTypeOf<CapturesOf<typeof p>['low']>().toEqualTypeOf<Value | undefined>();
  const q = optional('hasBias', op('MatMul', ['x', 'w']), (inner) => commutative('Add', [inner, 'bias']));
  expectTypeOf<CapturesOf<typeof q>['hasBias']>().toEqualTypeOf<boolean>();
  expectTypeOf<CapturesOf<typeof q>['x']>().toEqualTypeOf<Value>();
  expectTypeOf<CapturesOf<typeof q>['bias']>().toEqualTypeOf<Value | undefined>();
});

test('a misspelt capture does not compile', () => {
  const match = op('Add', ['x', num(0)]);
  rule({
    name: 'test/typed',
    doc: 'x + 0 = x',
    match,
    guard: (m) => {
      expectTypeOf(m.$node).toEqualTypeOf<Node>();
      // @ts-expect-error: the pattern captures no `y`.
      void m.y;
      return yes;
    },
    // @ts-expect-error: the pattern captures no `X`.
    build: (m) => m.X,
    exactness: 'reassociate',
    phase: 'normalize',
  });
  const m = model('(float[2] a) => (float[2] y) <float z = {0}> { y = Add (a, z) }');
  expect(find(m, match)[0]?.x).toBe(m.graph.inputs[0]);
});
