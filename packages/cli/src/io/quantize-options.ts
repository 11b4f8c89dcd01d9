import { type Model, type Node, operatorOf, RefoldError } from '@refold/ir';
import { type QuantizationProgress, type RoundingMethod, roundingMethods } from '@refold/passes';
import { sessionInputs } from '@refold/runtime';
import type { Option } from '../arguments/command.ts';
import { suggestion } from '../arguments/nearest.ts';
import type { Arguments } from '../arguments/parse.ts';
import { openSamples, type Samples } from './samples.ts';

/** Options by which samples of the inputs are given. */
export function sampleOptions(group: string): readonly Option[] {
  return [
    {
      name: '--data',
      takes: { kind: 'one', word: 'PATH' },
      text: 'calibration samples: an .npz, .npy or .pb file, or a folder of them',
      group,
    },
    {
      name: '--samples',
      takes: { kind: 'one', word: 'N' },
      text: 'use at most N samples',
      group,
    },
  ];
}

export function tierOption(group: string): Option {
  return {
    name: '--tier',
    takes: { kind: 'one', word: 'TIER' },
    text: 'kernels for running the samples: fast (default) or reference',
    group,
  };
}

export function reportOption(group: string): Option {
  return {
    name: '--report',
    takes: { kind: 'one', word: 'FILE' },
    text: 'write the full report as JSON',
    group,
  };
}

/** The samples that `--data` names; absent without it. */
export function samplesFrom(args: Arguments, model: Model): Samples | undefined {
  const path = args.last('--data');
  return path === undefined ? undefined : openSamples(path, sessionInputs(model.graph));
}

/** What `--keep` asks for: nodes by their name, the name of a result, or their operator. */
export function keepFrom(args: Arguments): ((node: Node) => boolean) | undefined {
  const kept = args.all('--keep');
  const names = new Set(kept);
  return kept && ((node) => [...namesOf(node)].some((name) => names.has(name)));
}

/** Refuses names of `--keep` that neither a node of the model nor an operator has. Fused nodes have names of old ones. */
export function requireKept(args: Arguments, model: Model): void {
  const asked = args.all('--keep') ?? [];
  if (asked.length === 0) return;
  const known = new Set<string>();
  for (const graph of model.graphs())
    for (const node of graph.nodes()) for (const name of namesOf(node)) known.add(name);
  const stranger = asked.find((name) => !known.has(name) && !operatorOf('', name));
  if (stranger === undefined) return;
  const hint = suggestion(
    stranger,
    [...known],
    '--keep takes names of nodes, of their outputs, and of operators',
  );
  throw new RefoldError(
    'usage/unknown-name',
    `no node, output or operator is called '${stranger}'`,
    {},
    hint,
  );
}

function* namesOf(node: Node): Generator<string> {
  if (node.name !== '') yield node.name;
  yield node.opType;
  for (const value of node.outputs) if (value) yield value.name;
}

export function roundingOf(name: string): RoundingMethod {
  const found = roundingMethods.find((method) => method === name);
  if (found) return found;
  const hint = suggestion(name, roundingMethods, `methods are ${roundingMethods.join(', ')}`);
  throw new RefoldError('usage/unknown-name', `there is no rounding method '${name}'`, {}, hint);
}

/** What goes on, for the progress line. */
export function stageText({ stage, samples }: QuantizationProgress, total: number | undefined): string {
  if (samples === undefined) return stage;
  return total === undefined ? `${stage}: sample ${samples}` : `${stage}: sample ${samples} of ${total}`;
}
