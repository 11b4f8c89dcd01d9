import { existsSync, readFileSync } from 'node:fs';
import { Editor, type FunctionDef, inferModel, parseModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { apply, model, text } from '../../test/support.ts';
import { printRule, ruleFromFunction } from '../index.ts';

/** The one function of a model in textual syntax. */
function functionOf(body: string): FunctionDef {
  const [fn] = parseModel(
    `<ir_version: 10, opset_import: ["" : 28]> g () => () { }\n${body}`,
  ).functions.values();
  if (!fn) throw new Error('no function');
  return fn;
}

const celu = functionOf(`<domain: "", opset_import: ["" : 28]> Celu <alpha> (X) => (Y) {
  Alpha = Constant <value_float: float = @alpha> () AlphaCast = CastLike (Alpha, X)
  XScaled = Div (X, AlphaCast) EluResult = Elu <alpha: float = 1> (XScaled) Y = Mul (AlphaCast, EluResult) }`);

test('an attribute is found again in the constant that carries it', () => {
  const rule = ruleFromFunction(celu);
  const m = model(
    '(float[3] x) => (float[3] y) <float a = {0.5}> { s = Div (x, a) e = Elu (s) y = Mul (e, a) }',
  );
  expect(apply(m, [rule]).applied).toEqual({ 'derived/celu': 1 });
  expect(text(m)).toContain('y = Celu <alpha: float = 0.5> (x)');
});

test('constants that differ are not a call', () => {
  const m = model(
    '(float[3] x) => (float[3] y) <float a = {0.5}, float b = {0.25}> { s = Div (x, a) e = Elu (s) y = Mul (e, b) }',
  );
  expect(apply(m, [ruleFromFunction(celu)]).applied).toEqual({});
});

test('an attribute is found again in a parameter', () => {
  const fn = functionOf(`<domain: "", opset_import: ["" : 17]> LogSoftmax <axes> (input) => (output) {
    top = ReduceMax <keepdims: int = 1, axes: ints = @axes> (input) output = Exp (top) }`);
  expect(printRule(ruleFromFunction(fn, { op: 'ReduceLogSumExp' }))).toContain('axes=axes');
});

const both = `<domain: "local", opset_import: ["" : 18, "local" : 1]> Both (x) => (a, b) {
  r = Relu (x) a = Exp (r) b = Neg (r) }`;

test('several results are several roots, and no function comes to call itself', () => {
  const m = model(
    `(float[3] x) => (float[3] u, float[3] v) { r = Relu (x) u = Exp (r) v = Neg (r) } ${both}`,
    18,
    ', "local" : 1',
  );
  const { applied, refused } = apply(m, [ruleFromFunction(functionOf(both))]);
  expect(applied).toEqual({ 'derived/both': 1 });
  expect(refused).toEqual({ 'derived/both': { 'recursive-call': 1 } });
  expect(text(m)).toContain('u, v = local.Both (x)');
});

test('what does not show in a body cannot be derived', () => {
  const lost = functionOf(`<domain: "", opset_import: ["" : 18]> Lost <alpha> (x) => (y) { y = Relu (x) }`);
  expect(() => ruleFromFunction(lost)).toThrow('attribute alpha does not show in the body of Lost');
});

const schemas = new URL('../../../../../shared/schema/onnx-schemas.json', import.meta.url);

test.skipIf(!existsSync(schemas))(
  'bodies that ONNX gives become rules, or say why not (needs ../shared)',
  () => {
    const { functionTexts } = JSON.parse(readFileSync(schemas, 'utf8')) as {
      functionTexts: readonly string[];
    };
    const derived: string[] = [];
    const refused: string[] = [];
    for (const body of functionTexts) {
      const fn = functionOf(body);
      inferModel(new Editor(fn.body.model));
      try {
        ruleFromFunction(fn);
        derived.push(fn.name);
      } catch (error) {
        refused.push(`${fn.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    expect(refused).toMatchInlineSnapshot(`
    [
      "AffineGrid: no rule can be derived: it has a nested graph",
      "Range: no rule can be derived: it has a nested graph",
    ]
  `);
    expect(derived).toMatchInlineSnapshot(`
    [
      "BlackmanWindow",
      "Celu",
      "DynamicQuantizeLinear",
      "Elu",
      "GreaterOrEqual",
      "GreaterOrEqual",
      "HammingWindow",
      "HannWindow",
      "HardSigmoid",
      "HardSwish",
      "HardSwish",
      "LeakyRelu",
      "LessOrEqual",
      "LessOrEqual",
      "MeanVarianceNormalization",
      "MeanVarianceNormalization",
      "MeanVarianceNormalization",
      "Mish",
      "Mish",
      "PRelu",
      "ReduceL1",
      "ReduceL2",
      "ReduceLogSum",
      "ReduceLogSum",
      "ReduceLogSumExp",
      "ReduceLogSumExp",
      "ReduceSumSquare",
      "Relu",
      "Selu",
      "Shrink",
      "Softplus",
      "Softsign",
      "SwiGLU",
      "Swish",
      "ThresholdedRelu",
    ]
  `);
  },
);
