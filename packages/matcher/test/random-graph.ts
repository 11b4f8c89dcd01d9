import type { Model } from '@refold/ir';
import { type Draw, oneOfList } from './draws.ts';
import { model } from './support.ts';

type MakeNode = (pick: () => string, draw: Draw) => string;

const unary =
  (op: string): MakeNode =>
  (pick) =>
    `${op}(${pick()})`;

const binary =
  (op: string): MakeNode =>
  (pick) =>
    `${op}(${pick()}, ${pick()})`;

const scalars = ['half', 'two', 'one', 'eps', 'row'];

const withScalar =
  (op: string): MakeNode =>
  (pick, draw) =>
    draw(2) === 0
      ? `${op}(${pick()}, ${oneOfList(draw, scalars)})`
      : `${op}(${oneOfList(draw, scalars)}, ${pick()})`;

/** What nodes may be: much arithmetic, moves of elements, and nodes that hand on their operand. */
const makers: readonly MakeNode[] = [
  ...['Relu', 'Erf', 'Exp', 'Neg', 'Sqrt', 'Reciprocal', 'Identity', 'Dropout'].map(unary),
  ...['Add', 'Mul', 'Sub', 'Div', 'Add', 'Mul', 'MatMul', 'Max'].map(binary),
  ...['Add', 'Mul', 'Div', 'Sub', 'Pow'].map(withScalar),
  (pick, draw) => `Softmax <axis = ${draw(2)}> (${pick()})`,
  (pick, draw) => `Transpose <perm = [${draw(3) === 0 ? '0, 1' : '1, 0'}]> (${pick()})`,
  (pick, draw) => `Reshape(${pick()}, ${oneOfList(draw, ['square', 'flat'])})`,
  (pick) => `Cast <to = 1> (${pick()})`,
  (pick) => `Sum(${pick()}, ${pick()}, ${pick()})`,
  (pick) => `Sum(${pick()})`,
  (pick, draw) => `ReduceMean <keepdims = ${draw(2)}> (${pick()}, last)`,
  (pick) => `Concat <axis = 0> (${pick()}, ${pick()})`,
];

/** Values that a few nodes read are drawn again and again, so that values get many readers. */
const RECENT = 6;

/** A node as text, with the names of what it makes and of what it reads. */
export interface NodeText {
  readonly outputs: readonly string[];
  readonly inputs: readonly string[];
  readonly text: string;
}

/** `size` nodes whose values mostly have shape [2, 2], definitions before uses. */
export function randomNodes(draw: Draw, size: number): readonly NodeText[] {
  const made: string[] = ['a', 'b'];
  const nodes: NodeText[] = [];
  for (let i = 0; i < size; i += 1) {
    const inputs: string[] = [];
    const pick = (): string => {
      const recent = made[made.length - 1 - draw(Math.min(RECENT, made.length))] ?? 'a';
      const picked = draw(4) === 0 ? oneOfList(draw, made) : recent;
      inputs.push(picked);
      return picked;
    };
    const isPair = draw(24) === 23;
    const outputs = isPair ? [`v${i}`, `v${i}_indices`] : [`v${i}`];
    const text = isPair ? `TopK(${pick()}, count)` : oneOfList(draw, makers)(pick, draw);
    nodes.push({ outputs, inputs, text });
    made.push(`v${i}`);
  }
  return nodes;
}

/** The nodes in another order in which definitions come before uses. */
export function reordered(draw: Draw, nodes: readonly NodeText[]): readonly NodeText[] {
  const left = [...nodes];
  const out: NodeText[] = [];
  const waits = (node: NodeText): boolean =>
    left.some((other) => other !== node && other.outputs.some((o) => node.inputs.includes(o)));
  while (left.length > 0) {
    const next = oneOfList(
      draw,
      left.filter((node) => !waits(node)),
    );
    out.push(...left.splice(left.indexOf(next), 1));
  }
  return out;
}

/** A model of nodes; types are inferred where they can be. */
export function graphOf(nodes: readonly NodeText[], outputs: readonly string[]): Model {
  const lines = nodes.map((node) => `${node.outputs.join(', ')} = ${node.text}`);
  return model(`(float[2, 2] a, float[2, 2] b) => (${[...new Set(outputs)].join(', ')})
    <float half = {0.5}, float two = {2}, float one = {1}, float eps = {0.00001}, float[1, 2] row = {2, 2},
     int64[2] square = {2, 2}, int64[1] flat = {-1}, int64[1] last = {-1}, int64[1] count = {2}>
    { ${lines.join('\n')} }`);
}

/** A valid model of `size` nodes, two values of which, the last one among them, are its outputs. */
export function randomGraph(draw: Draw, size: number): Model {
  const nodes = randomNodes(draw, size);
  return graphOf(nodes, [`v${size - 1}`, `v${draw(size)}`]);
}
