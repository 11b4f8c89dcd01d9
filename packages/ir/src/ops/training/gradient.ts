import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `Gradient`. */
export interface GradientView extends View {
  /** Names of the values to differentiate by; operand i takes the place of the i-th of `xs` and `zs` in a row. */
  readonly xs: readonly string[];
  /** Names of the other values that `y` is made from. */
  readonly zs: readonly string[];
  /** Name of the value that is differentiated. */
  readonly y: string;
}

/** Partial derivatives of a value of the graph around the node, each of the type of what it is taken by. */
export const gradient: Operator<GradientView> = operator<GradientView>({
  domain: 'ai.onnx.preview.training',
  name: 'Gradient',
  view(ctx) {
    const xs = ctx.stringsAttribute('xs') ?? [];
    const zs = ctx.stringsAttribute('zs') ?? [];
    const y = ctx.string('y');
    if (y === undefined) throw ctx.invalid('attribute y is missing');
    if (xs.length + zs.length !== ctx.inputCount) {
      throw ctx.invalid(`${ctx.inputCount} operands for ${xs.length} names in xs and ${zs.length} in zs`);
    }
    if (ctx.outputCount > xs.length) {
      throw ctx.invalid(`${ctx.outputCount} derivatives by ${xs.length} values`);
    }
    return { xs, zs, y };
  },
  infer: (ctx) => Array.from({ length: ctx.outputCount }, (_, i) => ctx.type(i)),
});
