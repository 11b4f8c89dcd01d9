import { existsSync, readFileSync } from 'node:fs';
import { parseModel, schemaOf } from '@refold/ir';
import { createSession, type NdArray } from '@refold/runtime';
import { describe, expect, test } from 'vitest';
import { fromReals, reals } from '../../src/tensor/reals.ts';

// Operators that ONNX defines by a function too: kernel and function body agree but for rounding, and but
// for the places listed here, where the body overflows, cancels or is wrong, and the kernel is not.

const file = new URL('../../../../../shared/schema/onnx-schemas.json', import.meta.url);
const there = existsSync(file);

interface Schemas {
  readonly functionTexts: readonly string[];
  readonly schemas: readonly {
    readonly name: string;
    readonly domain: string;
    readonly since: number;
    readonly inputs: readonly object[];
    readonly outputs: readonly object[];
    readonly function?: Readonly<Record<string, number>>;
  }[];
}

const { functionTexts, schemas }: Schemas = there
  ? JSON.parse(readFileSync(file, 'utf8'))
  : { functionTexts: [], schemas: [] };

const INF = Number.POSITIVE_INFINITY;
const plain = [-3, -2.5, -1, -0.5, -0.1, 0, -0, 0.1, 0.5, 0.7, 1, 2.5, 3, 6, -6];
const odd = [Number.NaN, INF, -INF, 1e-40, -1e-40, 20, -20, 100, -100, 1000, -1000, 3e38, -3e38];

/** Operands among `odd` for which the body does not give what the kernel gives. */
const disagreements: Readonly<Record<string, readonly number[]>> = {
  // exp(x) - 1 and exp(x) * alpha - alpha cancel near zero.
  Elu: [-1e-40],
  Selu: [-1e-40],
  // log(exp(x) + 1) overflows, and loses what is small.
  Softplus: [-20, 100, -100, 1000, 3e38],
  // The results are subnormal, and the body has rounded its factors.
  Mish: [-100],
  Swish: [-100],
  // Squares and exponentials overflow.
  ReduceL2: [3e38, -3e38],
  ReduceLogSumExp: [1000, 3e38],
  MeanVarianceNormalization: [3e38, -3e38],
};

/** Operators of which the operands are not vectors of numbers; they have cases in the conformance suite. */
const otherOperands = /Window$|^AffineGrid$|^Range$/;

const functions = schemas.flatMap(({ name, domain, since, inputs, outputs, function: bodies = {} }) =>
  Object.entries(bodies)
    .filter(() => domain === '' && !otherOperands.test(name))
    .map(([opset, text]) => ({
      title: `${name}-${since}, body of opset ${opset}`,
      name,
      since,
      opset: Number(opset),
      inputs: inputs.length,
      outputs: outputs.length,
      body: functionTexts[text] ?? '',
    })),
);

type Function = (typeof functions)[number];

function attributesOf({ name, since }: Function): string {
  const schema = schemaOf('', name, since);
  const given = [...(schema?.attributes.values() ?? [])].flatMap((a) => {
    if (a.default === undefined) return [];
    if (Array.isArray(a.default)) return [`${a.name} = [${a.default.join()}]`];
    return [`${a.name} = ${a.type === 'float' ? Number(a.default).toPrecision(9) : a.default}`];
  });
  return given.length > 0 ? `<${given.join()}>` : '';
}

/** What kernel and body make of a vector. */
function both(f: Function, x: readonly number[]): readonly (readonly number[][])[] {
  const reduces = f.name.startsWith('Reduce');
  const dims = f.name === 'MeanVarianceNormalization' ? [1, 1, 1, x.length] : [x.length];
  const operands = reduces ? '(x, axes)' : f.inputs === 2 ? '(x, z)' : '(x)';
  const results = (prefix: string): string[] => Array.from({ length: f.outputs }, (_, i) => `${prefix}${i}`);
  const [kernel, body] = [results('k'), results('b')];
  const attributes = attributesOf(f);
  const session = createSession(
    parseModel(`<ir_version: 10, opset_import: ["" : ${f.opset}, "body" : 1]>
      g (float[${dims}] x, float[${dims}] z, int64[1] axes) => (${[...kernel, ...body]}) {
        ${kernel} = ${f.name} ${attributes} ${operands}
        ${body} = body.${f.name} ${attributes} ${operands}
      }
      ${f.body.replace('domain: ""', 'domain: "body"')}`),
  );
  const feeds = new Map<string, NdArray>([
    ['x', fromReals('float32', dims, x)],
    [
      'z',
      fromReals(
        'float32',
        dims,
        x.map(() => 1.5),
      ),
    ],
    ['axes', fromReals('int64', [1], [0])],
  ]);
  const run = session.run(feeds);
  return [kernel, body].map((names) =>
    names.map((name) => {
      const value = run.get(name);
      return value?.kind === 'tensor' ? Array.from(reals(value)) : [];
    }),
  );
}

const isClose = (a: number, b: number | undefined): boolean =>
  Object.is(a, b) || (b !== undefined && Math.abs(a - b) <= 2e-6 * Math.abs(a) + 1e-7);

const agree = ([kernel, body]: readonly (readonly number[][])[]): boolean =>
  kernel?.flat().every((k, i) => isClose(k, body?.flat()[i])) === true;

/** Whether the operator works element by element, so that operands do not disturb each other. */
const isElementwise = ({ name }: Function): boolean => !/^Reduce|Normalization$|^Dynamic/.test(name);

describe.skipIf(!there)('function bodies', () => {
  test('there are those of the table', () => {
    expect(functions.length).toBeGreaterThan(30);
  });

  test.each(functions.map((f) => [f.title, f] as const))('%s', (_, f) => {
    expect(agree(both(f, plain))).toBe(true);
    const excepted = disagreements[f.name] ?? [];
    const exactly = (a: number, b: number | undefined): boolean =>
      Object.is(a, b) || (b !== undefined && Math.abs(a - b) <= 2e-6 * Math.abs(a));
    const found = odd.filter((v) => {
      if (f.name === 'DynamicQuantizeLinear') return false;
      const rest = isElementwise(f) ? [] : [1, 2, 0];
      const [kernel, body] = both(f, [v, ...rest]);
      return !kernel?.flat().every((k, i) => exactly(k, body?.flat()[i]));
    });
    expect(found).toEqual(odd.filter((v) => excepted.includes(v)));
  });
});
