import { Editor, type Graph, gradient, type Node, newModel } from '@refold/ir';
import { typeOfValue } from '../../../run/value-type.ts';
import type { NdValue } from '../../../tensor/nd-array.ts';
import { asTensor } from '../../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../../kernel.ts';
import { differentiate } from './differentiate.ts';
import { Tape } from './tape.ts';

/** A graph that computes derivatives, and the types of operands that it was made for. */
interface Derived {
  readonly key: string;
  readonly graph: Graph;
}

const derived = new WeakMap<Node, Derived>();

/**
 * Derivatives of the sum of a value's elements: the nodes that the value is made of are copied into a graph
 * of their own, the chain rule adds others, and that graph is run. It is made anew when shapes change.
 */
export const gradientKernel: Kernel = {
  domain: 'ai.onnx.preview.training',
  name: 'Gradient',
  run(inputs, ctx) {
    const key = inputs.map((value, i) => keyOf(value, ctx, i)).join();
    const known = derived.get(ctx.op.node);
    const graph = known?.key === key ? known.graph : derive(inputs, ctx);
    derived.set(ctx.op.node, { key, graph });
    return ctx.runGraph(graph, inputs);
  },
};

function keyOf(value: NdValue | undefined, ctx: KernelContext, index: number): string {
  const { dtype, dims } = asTensor(value, ctx, index);
  return `${dtype}[${dims}]`;
}

function derive(inputs: readonly (NdValue | undefined)[], ctx: KernelContext): Graph {
  const { xs, zs, y } = gradient.view(ctx.op);
  const { graph } = ctx.op.node;
  if (!graph) throw ctx.op.invalid('it is not part of a graph');
  const { irVersion, opsets } = graph.model;
  const editor = new Editor(newModel(graph.inFunction?.opsets ?? opsets, irVersion, `derivatives of ${y}`));
  const tape = new Tape(editor, () => ctx.tick());
  const open = new Set([ctx.op.node]);
  const names = [...xs, ...zs];
  const places = inputs.map((value, i) =>
    editor.addInput(tape.graph, { name: names[i] ?? '', type: value && typeOfValue(value) }),
  );
  editor.setOutputs(tape.graph, differentiate(tape, { graph, open, y, xs, names, places }));
  return tape.graph;
}
