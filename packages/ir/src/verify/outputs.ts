import type { Model } from '../graph/model.ts';
import { shown } from '../onnx/shown.ts';
import { printType } from '../text/types.ts';
import type { Findings } from './finding.ts';

/**
 * Checks that the main graph's outputs have the element types that the file states for them. Sizes are not
 * compared: what a file states of them is a hint.
 */
export function checkOutputs(model: Model, findings: Findings): void {
  const { graph } = model;
  for (const value of graph.outputs) {
    const { type, declared } = value;
    if (!type || !declared) continue;
    const agrees =
      type.kind === declared.kind &&
      (type.kind !== 'tensor' || declared.kind !== 'tensor' || type.dtype === declared.dtype);
    if (agrees) continue;
    const words = `output ${shown(value.name)} is ${printType(type)}, but is said to be ${printType(declared)}`;
    findings.add('type/output', { graph, value }, words);
  }
}
