import { tensorOf, type Value } from '@refold/ir';
import { type Adapter, type Conversion, textAttribute } from '../conversion.ts';

/** Upsample 9: `scales` became operand 1. */
export const upsampleScales: Adapter = (c) => {
  const scales = c.op.floatsAttribute('scales');
  if (!scales) throw c.refuse('attribute scales is missing');
  c.removeAttribute('scales');
  c.setOperand(1, c.constant(tensorOf('float32', [scales.length], scales), 'scales'));
};

/** Upsample 10 is deprecated. Resize rounds down only if told so, which its version 10 cannot be. */
export const upsampleToResize: Adapter = (c) => {
  const [x, scales] = [c.input(0), c.input(1)];
  const mode = modeOf(c);
  if (c.target >= 11) {
    c.replaceNode({
      opType: 'Resize',
      inputs: [x, roi(c), scales],
      attributes: [textAttribute('mode', mode), ...asymmetric(mode, 'floor')],
      version: 11,
    });
    return;
  }
  if (mode === 'nearest' && c.op.floats(1)?.some((s) => s < 1)) {
    throw c.refuse('Resize rounds otherwise where it makes an axis smaller', 'opset 11 and later can do it');
  }
  c.replaceNode({ opType: 'Resize', inputs: [x, scales], attributes: [textAttribute('mode', mode)] });
};

/**
 * Resize 11: place i of the result was place i / scale of the input; `nearest` rounded it down where an axis
 * grows and up where it shrinks, so that two nodes are needed where axes do both.
 */
export const resizeCoordinates: Adapter = (c) => {
  const [x, scales] = [c.input(0), c.input(1)];
  const mode = modeOf(c);
  const known = c.op.floats(1);
  const grows = known?.every((s) => s >= 1) ?? false;
  const shrinks = known?.every((s) => s <= 1) ?? false;
  const rounding = grows ? 'floor' : 'ceil';
  if (mode !== 'nearest' || grows || shrinks) {
    c.setAttribute(textAttribute('mode', mode));
    for (const a of asymmetric(mode, rounding)) c.setAttribute(a);
    c.setOperand(1, roi(c));
    c.setOperand(2, scales);
    return;
  }
  const attributes = (how: 'floor' | 'ceil') => [textAttribute('mode', mode), ...asymmetric(mode, how)];
  const smaller = c.emit('Resize', [x, roi(c), bounded(c, 'Min', scales, known)], attributes('ceil'));
  c.replaceNode({
    inputs: [smaller, roi(c), bounded(c, 'Max', scales, known)],
    attributes: attributes('floor'),
  });
};

/** Resize 13: what is not given is absent, no longer empty, and `tf_half_pixel_for_nn` is gone. */
export const resizeAbsentOperands: Adapter = (c) => {
  const [, region, scales, sizes] = c.node.inputs;
  if (isEmpty(region)) c.setOperand(1, undefined);
  if (isEmpty(sizes)) c.setOperand(3, undefined);
  if (isEmpty(scales)) c.setOperand(2, undefined);
  c.trimOperands();
  if (c.op.string('coordinate_transformation_mode') !== 'tf_half_pixel_for_nn') return;
  // Its places lie 1/2 behind those of half_pixel: floor(p + 1/2) rounds p, ties up.
  const rounding = c.op.string('nearest_mode') ?? 'round_prefer_floor';
  const same = new Map([
    ['floor', 'round_prefer_ceil'],
    ['round_prefer_floor', 'ceil'],
  ]).get(rounding);
  if (modeOf(c) !== 'nearest' || same === undefined) {
    throw c.refuse(`tf_half_pixel_for_nn with mode ${modeOf(c)} and nearest_mode ${rounding} is gone`);
  }
  c.setAttribute(textAttribute('coordinate_transformation_mode', 'half_pixel'));
  c.setAttribute(textAttribute('nearest_mode', same));
};

/** Exporters of opset 7 and 8 wrote the name of the two-dimensional case. */
function modeOf(c: Conversion): string {
  const mode = c.op.string('mode') ?? 'nearest';
  return mode === 'bilinear' ? 'linear' : mode;
}

function asymmetric(mode: string, rounding: 'floor' | 'ceil') {
  const places = textAttribute('coordinate_transformation_mode', 'asymmetric');
  return mode === 'nearest' ? [places, textAttribute('nearest_mode', rounding)] : [places];
}

/** Versions 11 and 12 want a region even where none is meant. */
function roi(c: Conversion): Value | undefined {
  return c.target < 13 ? c.constant(tensorOf('float32', [0], []), 'roi') : undefined;
}

/** The scales of those axes that grow (`Max`) or shrink (`Min`), and 1 for the others. */
function bounded(
  c: Conversion,
  how: 'Min' | 'Max',
  scales: Value,
  known: readonly number[] | undefined,
): Value {
  if (!known) return c.emit(how, [scales, c.scalar('float32', 1, 'one')]);
  const of = how === 'Min' ? Math.min : Math.max;
  const values = known.map((s) => of(s, 1));
  return c.constant(tensorOf('float32', [values.length], values), 'scales');
}

function isEmpty(value: Value | undefined): boolean {
  return value?.type?.kind === 'tensor' && value.type.shape?.[0] === 0;
}
