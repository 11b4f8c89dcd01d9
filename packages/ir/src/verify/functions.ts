import type { FunctionDef } from '../graph/function.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import { shown } from '../onnx/shown.ts';
import { type Findings, nodeWords } from './finding.ts';
import { walk } from './walk.ts';

/**
 * Checks the rules of functions: their bodies have no initializers, attribute references name attributes of
 * the function and stand nowhere else, and no function calls itself, directly or through others.
 */
export function checkFunctions(model: Model, findings: Findings): void {
  const calls = new Map<FunctionDef, readonly FunctionDef[]>();
  walk(model.graph, { enterNode: (node) => checkReferences(node, undefined, findings) });
  for (const fn of model.functions.values()) {
    const called = new Set<FunctionDef>();
    const { body } = fn;
    const names = new Set([...fn.attributes, ...fn.defaults.keys()]);
    if (body.initializers.size > 0 || body.inputs.some((v) => v.tensor ?? v.sparse)) {
      findings.add('function/initializer', { graph: body }, 'a function has initializers in its body');
    }
    walk(body, {
      enterNode: (node) => {
        checkReferences(node, names, findings);
        const callee = model.functionOf(node);
        if (callee) called.add(callee);
      },
    });
    calls.set(fn, [...called]);
  }
  checkRecursion(calls, findings);
}

function checkReferences(node: Node, known: ReadonlySet<string> | undefined, findings: Findings): void {
  for (const { type, name, value } of node.attributes.values()) {
    if (type !== 'reference' || known?.has(value)) continue;
    const why = known ? 'which the function does not have' : 'but stands in no function';
    const words = `${nodeWords(node)}: attribute ${shown(name)} refers to ${shown(value)}, ${why}`;
    findings.add('function/reference', { node }, words);
  }
}

/** Walks the calls depth first; a call of a function that is being walked closes a circle. */
function checkRecursion(calls: ReadonlyMap<FunctionDef, readonly FunctionDef[]>, findings: Findings): void {
  const state = new Map<FunctionDef, 'open' | 'done'>();
  for (const root of calls.keys()) {
    const stack: { readonly fn: FunctionDef; next: number }[] = [];
    const enter = (fn: FunctionDef): void => {
      state.set(fn, 'open');
      stack.push({ fn, next: 0 });
    };
    if (!state.has(root)) enter(root);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const callee = calls.get(top.fn)?.[top.next];
      top.next += 1;
      if (!callee) {
        state.set(top.fn, 'done');
        stack.pop();
      } else if (state.get(callee) === 'open') {
        const circle = stack.slice(stack.findIndex((f) => f.fn === callee)).map((f) => shown(f.fn.name));
        findings.add(
          'function/recursion',
          { graph: callee.body },
          `functions call each other in a circle: ${circle.join(', ')}`,
        );
      } else if (!state.has(callee)) {
        enter(callee);
      }
    }
  }
}
