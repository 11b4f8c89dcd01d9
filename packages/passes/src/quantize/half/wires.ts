import { ifElse, loop, type Node, scan, type Value, viewAs } from '@refold/ir';

/** Two ends that have one type: values, or operands of the node by number. */
export interface TypeWire {
  readonly from: Value | number;
  readonly to: Value | number;
}

/** What a node with nested graphs hands in and out; nothing where the node is not understood. */
export function wiresOf(node: Node): { readonly wires: readonly TypeWire[]; readonly understood: boolean } {
  const [body] = node.graphs;
  if (node.is('If') && viewAs(node, ifElse)) {
    const wires = node.graphs.flatMap((branch) => pairs(branch.outputs, node.outputs));
    return { wires, understood: true };
  }
  if (body && node.is('Loop') && viewAs(node, loop)) {
    const carried = node.inputs.length - 2;
    return {
      wires: [
        ...body.inputs.slice(2).map((to, i) => ({ from: i + 2, to })),
        ...pairs(body.inputs.slice(2), body.outputs.slice(1, 1 + carried)),
        ...pairs(body.outputs.slice(1), node.outputs),
      ],
      understood: true,
    };
  }
  const view = node.is('Scan') ? viewAs(node, scan) : undefined;
  if (body && view && !view.batched) {
    return {
      wires: [
        ...body.inputs.map((to, i) => ({ from: i, to })),
        ...pairs(body.inputs.slice(0, view.states), body.outputs.slice(0, view.states)),
        ...pairs(body.outputs, node.outputs),
      ],
      understood: true,
    };
  }
  return { wires: [], understood: false };
}

function pairs(from: readonly Value[], to: readonly (Value | undefined)[]): readonly TypeWire[] {
  return from.flatMap((value, i) => {
    const other = to[i];
    return other ? [{ from: value, to: other }] : [];
  });
}
