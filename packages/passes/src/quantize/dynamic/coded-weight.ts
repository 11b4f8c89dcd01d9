import { type Tensor, tensorFloats, tensorOf } from '@refold/ir';
import type { LinearLayer } from '../layers/linear-layer.ts';
import { cellCodes, cellThetas } from '../theta/cells.ts';
import type { Format } from '../theta/format.ts';
import { matrixOf } from '../weight-only/encode.ts';

const format: Format = { dtype: 'int8', symmetric: true, powerOfTwo: false, narrow: false };

/** Codes of a weight in the layout that the integer operator reads, and a scale for each output channel. */
export function codedWeight(layer: LinearLayer): { readonly codes: Tensor; readonly scales: Float64Array } {
  const { tensor, outputsFirst, node } = layer;
  const weights = tensorFloats(tensor);
  const cells = { kind: 'axis', axis: outputsFirst ? 0 : 1 } as const;
  const thetas = cellThetas(weights, tensor.dims, cells, format);
  const codes = cellCodes(weights, tensor.dims, cells, thetas);
  const made = node.is('Conv')
    ? tensorOf('int8', tensor.dims, codes)
    : matrixOf('int8', tensor.dims, codes, outputsFirst);
  return { codes: made, scales: thetas.scales };
}
