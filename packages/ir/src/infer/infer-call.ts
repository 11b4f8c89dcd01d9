import type { FunctionDef } from '../graph/function.ts';
import type { Node } from '../graph/node.ts';
import { isAnonymous } from '../types/dim.ts';
import type { ValueType } from '../types/value-type.ts';
import { typeKey } from './refine.ts';

/** How the body of a function is inferred for given types of its inputs. */
export type InferBody = (
  fn: FunctionDef,
  inputs: readonly (ValueType | undefined)[],
) => readonly (ValueType | undefined)[];

/** Nodes of function bodies that calls may cost in one run: functions that call functions can double each time. */
const MAX_NODES = 200_000;

/** Calls within calls that are followed. */
const MAX_DEPTH = 16;

/**
 * Types of calls of model-local functions. A body is inferred once for each list of input types; what a
 * file states about the results of a call was true of one call, with the sizes that the exporter happened to
 * use, and is not believed.
 */
export class CallTypes {
  private readonly known = new Map<FunctionDef, Map<string, readonly (ValueType | undefined)[]>>();
  private nodes = 0;
  private depth = 0;

  of(call: Node, fn: FunctionDef, infer: InferBody): readonly (ValueType | undefined)[] {
    const inputs = fn.body.inputs.map((_, i) => call.inputs[i]?.type);
    const key = inputs.map((t) => (t ? typeKey(t) : '?')).join();
    const before = this.known.get(fn)?.get(key);
    if (before) return before;
    if (this.depth >= MAX_DEPTH || this.nodes > MAX_NODES) return [];
    this.nodes += fn.body.nodeCount;
    this.depth += 1;
    try {
      const types = infer(fn, inputs);
      // Anonymous sizes are new each time, so what was inferred for them is never asked for again.
      if (!inputs.some((t) => t?.kind === 'tensor' && t.shape?.some(isAnonymous)))
        this.remember(fn, key, types);
      return types;
    } finally {
      this.depth -= 1;
    }
  }

  private remember(fn: FunctionDef, key: string, types: readonly (ValueType | undefined)[]): void {
    let own = this.known.get(fn);
    if (!own) {
      own = new Map();
      this.known.set(fn, own);
    }
    own.set(key, types);
  }
}
