import { ModelError } from '../../errors.ts';
import type { OpContext } from '../context.ts';

/** An error about what ONNX Runtime has and this library has not. */
export function unsupported({ node }: OpContext, what: string): ModelError {
  const { op, label } = node;
  return new ModelError('model/unsupported', `${op}: ${what} is not supported`, { op, node: label });
}
