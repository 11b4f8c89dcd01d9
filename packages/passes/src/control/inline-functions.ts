import {
  type Attribute,
  cloneNodes,
  type Editor,
  type FunctionDef,
  type Model,
  type Node,
  type Value,
} from '@refold/ir';
import { graphPass, type Pass } from '../manager/pass.ts';
import { allNodes } from '../manager/walk.ts';
import { replaceOrCopy } from './replace-or-copy.ts';

/** Nodes that inlining may make: functions that call functions can grow without bound. */
const MAX_NODES = 1_000_000;

/** Replaces calls of model-local functions by their bodies, innermost calls in later rounds. */
export const inlineFunctions: Pass = graphPass({
  name: 'control/functions',
  summary: 'replace calls of local functions by their bodies',
  byDefault: false,
  run: ({ model, editor, tick, refuse }) => {
    let made = 0;
    let changes = 0;
    for (const node of allNodes(model)) {
      tick();
      const fn = model.functionOf(node);
      if (!fn || node.graph?.inFunction) continue;
      const reason = made + fn.body.nodeCount > MAX_NODES ? 'too-many-nodes' : whyNot(model, fn, node);
      if (reason) {
        refuse(reason, node.label);
        continue;
      }
      made += fn.body.nodeCount;
      inline(editor, node, fn);
      changes += 1;
    }
    return changes + dropUnused(model, editor);
  },
});

/** A body may count on other opset versions than the model has, or call itself. */
function whyNot(model: Model, fn: FunctionDef, call: Node): string | undefined {
  for (const [domain, version] of fn.opsets) {
    const own = model.opsets.get(domain);
    if (own !== undefined && own !== version) return 'other-opset';
  }
  return model.functionOf(call) === call.graph?.inFunction ? 'recursion' : undefined;
}

function inline(editor: Editor, call: Node, fn: FunctionDef): void {
  const map = new Map<Value, Value | undefined>();
  for (const [i, formal] of fn.body.inputs.entries()) map.set(formal, call.inputs[i]);
  for (const [domain, version] of fn.opsets) {
    if (!editor.model.opsets.has(domain)) editor.setOpset(domain, version);
  }
  const resolve = (reference: Attribute & { readonly type: 'reference' }): Attribute | undefined =>
    call.attributes.get(reference.value) ?? fn.defaults.get(reference.value);
  cloneNodes(editor, fn.body, { before: call }, map, resolve);
  call.outputs.forEach((output, i) => {
    const formal = fn.body.outputs[i];
    const result = formal && (map.has(formal) ? map.get(formal) : formal);
    if (!output || !result) return;
    replaceOrCopy(editor, output, result, call);
  });
  editor.eraseNode(call);
}

/** Removes functions that nobody calls any more. */
function dropUnused(model: Model, editor: Editor): number {
  const called = new Set<FunctionDef>();
  for (const node of allNodes(model)) {
    const fn = model.functionOf(node);
    if (fn) called.add(fn);
  }
  const unused = [...model.functions.values()].filter((fn) => !called.has(fn));
  for (const fn of unused) editor.removeFunction(fn);
  return unused.length;
}
