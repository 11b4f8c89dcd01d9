import { type Adapter, intAttribute } from '../conversion.ts';

/** Split 13: `split` became operand 1. */
export const splitSizes: Adapter = (c) => {
  const sizes = c.ints('split');
  c.removeAttribute('split');
  if (sizes) c.setOperand(1, c.intsConstant(sizes, 'split'));
};

/** Split 18: equal parts are asked for by their number. They divided evenly before, so none is smaller. */
export const splitCount: Adapter = (c) => {
  if (!c.op.hasInput(1)) c.setAttribute(intAttribute('num_outputs', c.node.outputs.length));
};

/** Slice 10: the attributes became operands 1 to 3. Without axes the first ones were meant. */
export const sliceBounds: Adapter = (c) => {
  const starts = c.ints('starts');
  const ends = c.ints('ends');
  if (!starts || !ends) throw c.refuse('attribute starts or ends is missing');
  const axes = c.ints('axes') ?? starts.map((_, i) => i);
  for (const name of ['starts', 'ends', 'axes']) c.removeAttribute(name);
  c.setOperand(1, c.intsConstant(starts, 'starts'));
  c.setOperand(2, c.intsConstant(ends, 'ends'));
  c.setOperand(3, c.intsConstant(axes));
};

/** Pad 11: `pads` and `value` became operands 1 and 2. */
export const padOperands: Adapter = (c) => {
  const pads = c.ints('pads');
  if (!pads) throw c.refuse('attribute pads is missing');
  const value = c.op.float('value') ?? 0;
  const fills = (c.op.string('mode') ?? 'constant') === 'constant';
  c.removeAttribute('pads');
  c.removeAttribute('value');
  c.setOperand(1, c.intsConstant(pads, 'pads'));
  if (fills && !Object.is(value, 0)) c.setOperand(2, c.scalarLike(value, 0, 'value'));
};

/** TopK 10: `k` became operand 1, a vector of one. */
export const topKCount: Adapter = (c) => {
  const k = c.op.attribute('k');
  if (k?.type !== 'int') throw c.refuse('attribute k is missing');
  c.removeAttribute('k');
  c.setOperand(1, c.intsConstant([k.value], 'k'));
};
