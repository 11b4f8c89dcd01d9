import type { Model } from '../graph/model.ts';
import type { Value } from '../graph/value.ts';
import { shown } from '../onnx/shown.ts';
import { printType } from '../text/types.ts';
import { sameShape } from '../types/shape.ts';
import { tensorType } from '../types/value-type.ts';
import type { Findings } from './finding.ts';

/** Checks that the type of every value with data is that of its data. */
export function checkData(model: Model, findings: Findings): void {
  for (const graph of model.graphs()) {
    for (const value of graph.inputs) if (value.tensor) checkType(value, findings);
    for (const value of graph.initializers) {
      if (value.tensor) checkType(value, findings);
      else if (!value.sparse)
        findings.add('type/data', { graph, value }, `initializer ${shown(value.name)} has no data`);
    }
  }
}

function checkType(value: Value, findings: Findings): void {
  const { tensor, type } = value;
  if (!tensor || !type) return;
  const fits =
    type.kind === 'tensor' && type.dtype === tensor.dtype && sameShape(type.shape, tensor.dims) !== 'no';
  if (fits) return;
  const is = printType(tensorType(tensor.dtype, tensor.dims));
  findings.add(
    'type/data',
    { value },
    `${shown(value.name)} has data of type ${is}, but is said to be ${printType(type)}`,
  );
}
