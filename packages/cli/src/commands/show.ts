import { type Model, printModel } from '@refold/ir';
import { modelFileSize, openModel } from '@refold/ir/node';
import type { Command } from '../arguments/command.ts';
import { jsonOption, printReport } from '../io/print.ts';
import { printable } from '../io/printable.ts';
import { formatBytes } from '../report/format.ts';
import { describeValue, figuresOf, type ModelFigures } from '../report/report.ts';

const group = 'Output';

export const showCommand: Command = {
  name: 'show',
  summary: "print a model: inputs, outputs, operators, and the graph in ONNX's textual syntax",
  operands: [{ name: 'MODEL', text: 'the model to read' }],
  options: [
    { name: '--no-graph', takes: { kind: 'nothing' }, text: 'do not print the graph', group },
    { name: '--full', takes: { kind: 'nothing' }, text: 'print large tensors in full', group },
    jsonOption(group, 'figures'),
  ],
  run(args, { stdout }) {
    const [path = ''] = args.operands;
    const model = openModel(path);
    const figures = figuresOf(model, modelFileSize(path, model));
    printReport(args, stdout, figures, () => {
      const summary = summaryOf(model, figures).join('\n');
      if (args.has('--no-graph')) return summary;
      return `${summary}\n\n${printModel(model, args.has('--full') ? {} : { maxElements: 16 })}`;
    });
  },
};

function summaryOf(model: Model, figures: ModelFigures): readonly string[] {
  const list = (title: string, items: readonly string[]): readonly string[] =>
    items.length === 0 ? [] : [`${title}:`, ...items.map((i) => `  ${printable(i)}`)];
  const opsets = Object.entries(figures.opsets).map(([domain, version]) => `${domain} ${version}`);
  return [
    ...list('inputs', model.graph.inputs.filter((v) => !v.tensor).map(describeValue)),
    ...list('outputs', model.graph.outputs.map(describeValue)),
    `IR version ${figures.irVersion}, opsets ${printable(opsets.join(', '))}`,
    `${figures.nodes} nodes, ${figures.constants} Constant nodes, ${model.functions.size} functions`,
    `${figures.initializers} initializers, ${formatBytes(figures.weightBytes)}`,
    ...list(
      'operators',
      Object.entries(figures.operators).map(([op, count]) => `${op} ${count}`),
    ),
  ];
}
