import { constantTensor, type Model, printNode, tensorKey } from '@refold/ir';

/** What a model computes, as text: its opsets and nodes, and the constants that they read. Inputs that nothing reads do not show. */
export function bodyText(model: Model): string {
  const lines = [[...model.opsets].join()];
  for (const graph of model.graphs()) {
    for (const value of graph.initializers) {
      const tensor = constantTensor(value);
      if (value.useCount > 0 && tensor) lines.push(`${value.name}: ${tensorKey(tensor)}`);
    }
    for (const node of graph.nodes()) lines.push(printNode(node));
    lines.push(graph.outputs.map((v) => v.name).join());
  }
  return lines.join('\n');
}
