import { isValueType, tensorType, type ValueType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** `Optional`: an optional value, empty without an operand. */
export const optional: Operator<View> = operator({
  name: 'Optional',
  view: () => ({}),
  infer(ctx) {
    return [{ kind: 'optional', of: ctx.hasInput(0) ? ctx.type(0) : statedType(ctx) }];
  },
});

/** `OptionalGetElement`: what an optional value holds; since opset 18 also any other value, as it is. */
export const optionalGetElement: Operator<View> = operator({
  name: 'OptionalGetElement',
  view: () => ({}),
  infer(ctx) {
    const type = ctx.type(0);
    return [type?.kind === 'optional' ? type.of : type];
  },
});

/** `OptionalHasElement`: whether there is a value, as a bool scalar. */
export const optionalHasElement: Operator<View> = operator({
  name: 'OptionalHasElement',
  view: () => ({}),
  infer: () => [tensorType('bool', [])],
});

/** The type that attribute `type` states; undefined when its form is not one of the IR's types. */
function statedType(ctx: OpContext): ValueType | undefined {
  const attribute = ctx.attribute('type');
  if (attribute?.type !== 'type') return undefined;
  const stated = attribute.value;
  return isValueType(stated) ? stated : undefined;
}
