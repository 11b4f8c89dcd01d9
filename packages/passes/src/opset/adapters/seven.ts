import type { Adapter, Conversion } from '../conversion.ts';

/*
 * Opset 7 brought Numpy-style broadcasting, and took away attributes that said what it means or whether a
 * node trains.
 */

/** Binary operators: `axis` said where the axes of operand 1 stand among those of operand 0. */
export const binaryBroadcast: Adapter = (c) => {
  const axis = c.op.int('broadcast') === 1 ? c.op.int('axis') : undefined;
  c.removeAttribute('broadcast');
  c.removeAttribute('axis');
  if (axis === undefined) return;
  const [rank, own] = [c.op.rank(0), c.op.rank(1)];
  if (rank === undefined || own === undefined)
    throw c.refuse('the ranks that its axis is about are not known');
  appendAxes(c, 1, own, rank - (axis < 0 ? axis + rank : axis) - own);
};

/** PRelu: a list of slopes went along axis 1. */
export const preluSlopes: Adapter = (c) => {
  const [rank, own] = [c.op.rank(0), c.op.rank(1)];
  if (rank === undefined || own === undefined) throw c.refuse('the ranks of its operands are not known');
  if (own === 1) appendAxes(c, 1, own, rank - 2);
};

function appendAxes(c: Conversion, index: number, rank: number, count: number): void {
  if (count <= 0) return;
  const axes = Array.from({ length: count }, (_, i) => rank + i);
  c.setOperand(index, c.emit('Unsqueeze', [c.input(index)], [{ name: 'axes', type: 'ints', value: axes }]));
}

/** Gemm: C always broadcasts. */
export const gemmBroadcast: Adapter = (c) => c.removeAttribute('broadcast');

/** GRU, LSTM, RNN: whether the outputs of all steps are wanted is whether there is such an output. */
export const recurrentOutput: Adapter = (c) => c.removeAttribute('output_sequence');

/** BatchNormalization: outputs tell of training from here on, until opset 14. */
export const batchNormalizationMode: Adapter = (c) => {
  const trains = c.op.int('is_test') !== 1;
  const { outputs, inputs, attributes } = c.node;
  const more = outputs.slice(1).some((v) => v !== undefined);
  if (trains && !more)
    throw c.refuse('it trains (is_test = 0) without the outputs that say so from opset 7 on');
  if (!trains && outputs.slice(1).some((v) => v && v.useCount > 0)) {
    throw c.refuse('outputs are read that inference (is_test = 1) does not have');
  }
  const kept = [...attributes.values()].filter((a) => a.name !== 'is_test');
  if (!trains && outputs.length > 1) c.replaceNode({ inputs, attributes: kept, outputs: 1 });
  else c.removeAttribute('is_test');
};

/** Dropout: no version from 7 to 11 trains. */
export const dropoutMode: Adapter = (c) => {
  if (c.op.int('is_test') !== 1) throw c.refuse('it trains (is_test = 0), which opsets 7 to 11 cannot say');
  c.removeAttribute('is_test');
};

/** Upsample: two scales became a list of one an axis. */
export const upsampleAxes: Adapter = (c) => {
  const [height, width] = [c.op.float('height_scale'), c.op.float('width_scale')];
  if (height === undefined || width === undefined) throw c.refuse('a scale is missing');
  c.removeAttribute('height_scale');
  c.removeAttribute('width_scale');
  c.setAttribute({ name: 'scales', type: 'floats', value: [1, 1, height, width] });
};
