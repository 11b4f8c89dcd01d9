import type { FunctionDef } from '../graph/function.ts';
import type { Node } from '../graph/node.ts';
import type { CallAttributes } from './context.ts';

/**
 * The attributes of one call of a function: those of the node, then the function's defaults. `outer` has the
 * attributes of the call around it when the node itself stands in a function body; without it, what refers
 * to them stays a reference.
 */
export function attributesOfCall(fn: FunctionDef, call: Node, outer?: CallAttributes): CallAttributes {
  const attributes = new Map(fn.defaults);
  for (const [name, written] of call.attributes) {
    const given = written.type === 'reference' && outer ? outer.get(written.value) : written;
    if (given) attributes.set(name, given);
  }
  return attributes;
}
