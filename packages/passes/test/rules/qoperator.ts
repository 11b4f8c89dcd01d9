import type { InstanceHint } from '@refold/matcher';
import { constant } from '../support.ts';

const parameters = (name: string, scale: number, zeroPoint: number): string =>
  `${constant(`s${name}`, [], [scale])}, ${constant(`z${name}`, [], [zeroPoint], 'uint8')}`;

/** Two operands through codes, joined, and brought to codes again. */
function joined(x: string, w: string, y: string): InstanceHint {
  const through = (from: string, to: string): string =>
    `${to}1 = QuantizeLinear (${from}, s${to}, z${to}) ${to}2 = DequantizeLinear (${to}1, s${to}, z${to})`;
  return {
    model: `<ir_version: 10, opset_import: ["" : 18, "com.microsoft" : 1]>
      g (float[2,4] a, float[2,3] b) => (float[2,7] y) <${[x, w, y].join(', ')}> {
        ${through('a', 'x')} ${through('b', 'w')} c = Concat <axis = 1> (x2, w2) ${through('c', 'y')} y = Neg (y2) }`,
  };
}

/** Cases of the rules that put operators on codes in place. */
export const qoperatorInstances: Readonly<Record<string, readonly InstanceHint[]>> = {
  'qoperator/concat': [
    joined(parameters('x', 0.1, 100), parameters('w', 0.1, 100), parameters('y', 0.1, 100)),
  ],
  'qoperator/concat.rescaled': [
    joined(parameters('x', 0.1, 100), parameters('w', 0.02, 7), parameters('y', 0.1, 100)),
  ],
};
