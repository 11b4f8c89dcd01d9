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

/** A valid model of up to `size` nodes whose values mostly have shape [2, 2]; types are inferred where they can be. */
export function randomGraph(draw: Draw, size: number): Model {
  const made: string[] = ['a', 'b'];
  const lines: string[] = [];
  const pick = (): string =>
    draw(4) === 0
      ? oneOfList(draw, made)
      : (made[made.length - 1 - draw(Math.min(RECENT, made.length))] ?? 'a');
  for (let i = 0; i < size; i += 1) {
    const outputs = draw(24) === 23 ? [`v${i}`, `v${i}_indices`] : [`v${i}`];
    const node = outputs.length > 1 ? `TopK(${pick()}, count)` : oneOfList(draw, makers)(pick, draw);
    lines.push(`${outputs.join(', ')} = ${node}`);
    made.push(`v${i}`);
  }
  const outputs = [made.at(-1), made.at(-1 - draw(made.length))].map((v) => `${v}`);
  return model(`(float[2, 2] a, float[2, 2] b) => (${[...new Set(outputs)].join(', ')})
    <float half = {0.5}, float two = {2}, float one = {1}, float eps = {0.00001}, float[1, 2] row = {2, 2},
     int64[2] square = {2, 2}, int64[1] flat = {-1}, int64[1] last = {-1}, int64[1] count = {2}>
    { ${lines.join('\n')} }`);
}
