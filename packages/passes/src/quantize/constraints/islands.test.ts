import { Editor, inferModel, type Model, type Node } from '@refold/ir';
import { fromReals } from '@refold/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { model, weight } from '../../../test/support.ts';
import { nodesWithin } from '../../manager/walk.ts';
import { checkTarget } from '../check/check-target.ts';
import { quantizeModel } from '../quantize.ts';
import { integerOnly } from '../targets/index.ts';
import { collectConstraints } from './collect.ts';
import { withoutIslands } from './islands.ts';
import { valueFlow } from './value-flow.ts';

function inferred(text: string): Model {
  const m = model(text, { opset: 21 });
  inferModel(new Editor(m));
  return m;
}

const names = (nodes: Iterable<Node>): string => [...nodes].map((n) => n.outputs[0]?.name).join(' ');

function onCodes(text: string): string {
  return names(collectConstraints(inferred(text), integerOnly).quantized);
}

const weights = `<${weight('w', [4, 4])}, ${weight('v', [4, 4])}>`;
const head = `(float[2,4] x) => (float[2,4] y) ${weights}`;

test('of what is before and behind an operator without codes, the side with more products keeps codes', () => {
  expect(onCodes(`${head} { a = MatMul (x, w) b = MatMul (a, v) h = Hardmax (b) y = MatMul (h, w) }`)).toBe(
    'a b',
  );
  expect(
    onCodes(`${head} { a = MatMul (x, w) h = Hardmax (a) r = Relu (h) b = MatMul (r, v) y = MatMul (b, w) }`),
  ).toBe('r b y');
});

test('with as many products, the side with more nodes keeps them', () => {
  expect(onCodes(`${head} { a = MatMul (x, w) h = Hardmax (a) b = MatMul (h, v) y = Relu (b) }`)).toBe('b y');
  expect(onCodes(`${head} { a = MatMul (x, w) r = Relu (a) h = Hardmax (r) y = MatMul (h, v) }`)).toBe('a r');
});

test('what does not lie on the way stays on codes, and so does everything when floats are at the border', () => {
  expect(
    onCodes(`${head} { a = MatMul (x, w) b = MatMul (a, v) h = Hardmax (a) s = Relu (h) y = Add (b, s) }`),
  ).toBe('a b');
  expect(onCodes(`${head} { g = Hardmax (x) a = MatMul (g, w) b = Relu (a) y = Hardmax (b) }`)).toBe('a b');
});

test('truth values carry floats on to codes, unless they are made of codes', () => {
  expect(onCodes(`${head} { a = Relu (x) h = Hardmax (a) b = IsNaN (h) y = Where (b, x, x) }`)).toBe('b y');
  expect(onCodes(`${head} { a = Relu (x) b = IsNaN (a) y = Where (b, x, x) }`)).toBe('a b y');
});

test('truth values that become numbers, and numbers that become truth values, stay with codes', () => {
  const masked = 'a = Relu (x) b = Less (a, x) c = Cast <to = 1> (b) y = Mul (x, c)';
  expect(onCodes(`${head} { ${masked} }`)).toBe('a b y');
  expect(onCodes(`${head} { a = Relu (x) b = Cast <to = 9> (a) y = Where (b, x, x) }`)).toBe('a b y');
  // Doubles are no codes.
  expect(onCodes(`${head} { a = Relu (x) d = Cast <to = 11> (a) e = Cast <to = 1> (d) y = Relu (e) }`)).toBe(
    'a',
  );
});

test('an operator without codes in a loop takes all of the loop with it', () => {
  const loop = (inner: string): string =>
    `(int64 n, bool go, float[4] x) => (float[4] y) { a = Relu (x) l = Loop <body = body` +
    ` (int64 i, bool c, float[4] s) => (bool d, float[4] t) { d = Identity (c) u = Add (s, s) t = ${inner} (u) }>` +
    ' (n, go, a) y = Relu (l) }';
  expect(onCodes(loop('Relu'))).toBe('a y u t');
  expect(onCodes(loop('Hardmax'))).toBe('a');
});

test('the report names what stood between codes, and the side that is left with it', () => {
  const { diagnostics } = collectConstraints(
    inferred(`${head} { a = MatMul (x, w) h = Hardmax (a) b = MatMul (h, v) y = MatMul (b, w) }`),
    integerOnly,
  );
  expect(diagnostics.map(({ code, at, message }) => [code, at, message])).toEqual([
    [
      'island',
      'h',
      "'h' (Hardmax) stays on floats, and with it all before it: no floats may stand between codes",
    ],
  ]);
});

/** Nodes of one or two operands, a third of which has no codes. */
const graphs = fc.array(
  fc.record({ kind: fc.constantFrom('Relu', 'Add', 'Hardmax'), a: fc.nat(), b: fc.nat() }),
  { minLength: 2, maxLength: 10 },
);

function textOf(list: readonly { readonly kind: string; readonly a: number; readonly b: number }[]): string {
  const at = (i: number, of: number): string => (of % (i + 1) === 0 ? 'x' : `v${(of % (i + 1)) - 1}`);
  const nodes = list.map(
    ({ kind, a, b }, i) => `v${i} = ${kind} (${kind === 'Add' ? `${at(i, a)}, ${at(i, b)}` : at(i, a)})`,
  );
  return `(float[2] x) => (float[2] v${list.length - 1}) { ${nodes.join(' ')} }`;
}

/** Whether something on codes reaches, by way of floats, something on codes. */
function hasIsland(nodes: readonly Node[], coded: ReadonlySet<Node>): boolean {
  const tainted = new Set<Node>();
  return nodes.some((node) => {
    const before = node.inputs.flatMap((v) => v?.producer ?? []);
    const isTainted = before.some((p) => tainted.has(p) || (coded.has(p) && !coded.has(node)));
    if (isTainted) tainted.add(node);
    return isTainted && coded.has(node);
  });
}

test('of all choices without islands, none has more nodes on codes', () => {
  fc.assert(
    fc.property(graphs, (list) => {
      const nodes = [...nodesWithin(inferred(textOf(list)).graph)];
      const able = nodes.filter((n) => n.opType !== 'Hardmax');
      const found = withoutIslands(valueFlow(nodes), new Set(able)).onCodes;
      expect(hasIsland(nodes, found)).toBe(false);
      for (let bits = 0; bits < 2 ** able.length; bits += 1) {
        const other = new Set(able.filter((_, i) => (bits >> i) & 1));
        if (other.size > found.size) expect(hasIsland(nodes, other)).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});

test('what gets no codes because of what was seen is left out like what has none', () => {
  const m = inferred(
    `${head} { a = MatMul (x, w) r = Relu (a) d = Reciprocal (r) e = Reciprocal (d) y = MatMul (e, v) }`,
  );
  const x = fromReals('float32', [2, 4], Float64Array.of(1, 2, 3, 4, -1, -2, -3, -4));
  const { classes } = quantizeModel(m, integerOnly, [{ x }]);
  inferModel(new Editor(m));
  expect(checkTarget(m, integerOnly)).toEqual([]);
  const found = classes.diagnostics.map((d) => `${d.code} ${d.at}`);
  expect(found).toEqual(expect.arrayContaining(['island d', 'non-finite d']));
});
