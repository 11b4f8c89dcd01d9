import { type Operator, operator, type View } from '../operator.ts';

/** `com.microsoft.Gelu`: x times the normal distribution function of x. */
export const microsoftGelu: Operator<View> = operator({
  domain: 'com.microsoft',
  name: 'Gelu',
  view: () => ({}),
  infer: (ctx) => [ctx.type(0)],
});
