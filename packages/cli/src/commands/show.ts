import { printModel } from '@refold/ir';
import { openModel, modelFileSize } from '@refold/ir/node';
import { Command } from 'commander';
import { printable } from '../io/printable.ts';
import { describeValue, figuresOf } from '../report/report.ts';
import { formatBytes } from '../report/terminal.ts';

export function showCommand(): Command {
  return new Command('show')
    .description("print a model: inputs, outputs, opsets, operators, and the graph in ONNX's textual syntax")
    .argument('<model>', 'the model to read')
    .option('--no-graph', 'leave the graph out')
    .option('--full', 'print large tensors in full')
    .option('--json', 'print the figures as JSON')
    .action((path: string, flags: { graph: boolean; full?: boolean; json?: boolean }) => {
      const model = openModel(path);
      const figures = figuresOf(model, modelFileSize(path));
      if (flags.json) {
        process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
        return;
      }
      const list = (title: string, items: readonly string[]): string[] => [`${title}:`, ...items.map((i) => `  ${printable(i)}`)];
      const opsets = Object.entries(figures.opsets).map(([d, v]) => `${d} ${v}`);
      const operators = Object.entries(figures.operators).map(([op, n]) => `${op} ${n}`);
      const lines = [
        ...list('inputs', model.graph.inputs.filter((v) => !v.tensor).map(describeValue)),
        ...list('outputs', model.graph.outputs.map(describeValue)),
        `IR version ${figures.irVersion}, opsets ${printable(opsets.join(', '))}`,
        `${figures.nodes} nodes, ${figures.constants} Constant nodes, ${model.functions.size} functions`,
        `${figures.initializers} initializers, ${formatBytes(figures.weightBytes)}`,
        ...list('operators', operators),
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
      if (flags.graph) process.stdout.write(`\n${printModel(model, flags.full ? {} : { maxElements: 16 })}\n`);
    });
}
