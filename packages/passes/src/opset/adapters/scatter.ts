import type { Adapter } from '../conversion.ts';

/** Scatter 11 is deprecated; ScatterElements does the same. */
export const scatterElements: Adapter = (c) => {
  c.replaceNode({
    opType: 'ScatterElements',
    inputs: c.node.inputs,
    attributes: c.node.attributes.values(),
  });
};
