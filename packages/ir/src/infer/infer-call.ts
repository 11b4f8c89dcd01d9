import { attributeKey } from '../analysis/attribute-key.ts';
import type { FunctionDef } from '../graph/function.ts';
import type { CallAttributes } from '../ops/context.ts';
import { type Dim, dimKey, isAnonymous } from '../types/dim.ts';
import type { ValueType } from '../types/value-type.ts';
import { typeKey } from './refine.ts';

/** What is known of one call: types and shape data of the operands, attributes with defaults filled in. */
export interface Call {
  readonly inputs: readonly CallInput[];
  readonly attributes: CallAttributes;
}

export interface CallInput {
  readonly type: ValueType | undefined;
  readonly contents: readonly Dim[] | undefined;
}

/** How the body of a function is inferred for one call. */
export type InferBody = (fn: FunctionDef, call: Call) => readonly (ValueType | undefined)[];

/** Nodes of function bodies that calls may cost in one run: functions that call functions can double each time. */
const MAX_NODES = 200_000;

/** Calls within calls that are followed. */
const MAX_DEPTH = 16;

/**
 * Types of calls of model-local functions. A body is inferred once for all calls of which the same is known; what a
 * file states about the results of a call was true of one call, with the sizes that the exporter happened to
 * use, and is not believed.
 */
export class CallTypes {
  private readonly known = new Map<FunctionDef, Map<string, readonly (ValueType | undefined)[]>>();
  private nodes = 0;
  private depth = 0;

  of(fn: FunctionDef, call: Call, infer: InferBody): readonly (ValueType | undefined)[] {
    const key = callKey(call);
    const before = this.known.get(fn)?.get(key);
    if (before) return before;
    if (this.depth >= MAX_DEPTH || this.nodes > MAX_NODES) return [];
    this.nodes += fn.body.nodeCount;
    this.depth += 1;
    try {
      const types = infer(fn, call);
      // Anonymous sizes are new each time, so what was inferred for them is never asked for again.
      if (!call.inputs.some(isAnonymousInput)) this.remember(fn, key, types);
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

function callKey(call: Call): string {
  const inputs = call.inputs.map(
    ({ type, contents }) =>
      `${type ? typeKey(type) : '?'}${contents ? `{${contents.map(dimKey).join()}}` : ''}`,
  );
  return [...inputs, ...Array.from(call.attributes.values(), (a) => attributeKey(a))].join();
}

function isAnonymousInput({ type, contents }: CallInput): boolean {
  return (type?.kind === 'tensor' && type.shape?.some(isAnonymous)) || (contents?.some(isAnonymous) ?? false);
}
