import { type Adapter, intAttribute } from '../conversion.ts';
import { flattened, shapedLike } from './shapes.ts';

/** BatchNormalization 9: one mean and variance a place of the sample (`spatial = 0`) is that of a flat sample. */
export const batchNormalizationSpatial: Adapter = (c) => {
  const spatial = (c.op.int('spatial') ?? 1) !== 0;
  if (spatial) {
    c.removeAttribute('spatial');
    return;
  }
  if (c.node.outputs.some((v, i) => i > 0 && v !== undefined)) {
    throw c.refuse('it trains statistics of single places (spatial = 0)');
  }
  const x = c.input(0);
  const parameters = [1, 2, 3, 4].map((i) => flattened(c, c.input(i)));
  const rows = c.emit('Flatten', [x], [intAttribute('axis', 1)]);
  const attributes = [...c.node.attributes.values()].filter((a) => a.name !== 'spatial');
  const normal = c.emit('BatchNormalization', [rows, ...parameters], attributes);
  c.replaceNode(shapedLike(c, normal, x));
};

/** BatchNormalization 14: outputs no longer tell that it trains, and statistics of the batch are gone. */
export const batchNormalizationTraining: Adapter = (c) => {
  const { outputs, inputs, attributes } = c.node;
  if (outputs.length === 1) return;
  if (outputs.slice(3).some((v) => v && v.useCount > 0)) {
    throw c.refuse('its outputs saved_mean and saved_var, which no later version has, are read');
  }
  const trains = outputs.some((v, i) => i > 0 && v !== undefined);
  c.replaceNode({
    inputs,
    outputs: trains ? 3 : 1,
    attributes: [...attributes.values(), ...(trains ? [intAttribute('training_mode', 1)] : [])],
  });
};
