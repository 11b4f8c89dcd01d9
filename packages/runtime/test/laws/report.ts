import { explanationOf } from './explanations.ts';
import { CRASHED, type Outcome } from './law.ts';
import { tiers } from './tiers.ts';

/** What a run of the law found, in numbers. */
export interface Report {
  readonly seed: number;
  readonly graphs: number;
  /** Graphs of which at least one node was compared. */
  readonly graphsCompared: number;
  /** Nodes that were compared, and those that could not be, by operator. */
  readonly nodes: ReadonlyMap<string, { compared: number; uncompared: number }>;
  /** Why nodes were not compared. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Seeds of models on which the process of the engine ended. */
  readonly crashes: readonly number[];
  /** Disagreements by the name of their explanation. */
  readonly explained: ReadonlyMap<string, number>;
  /** Disagreements without one, as text. */
  readonly unexplained: readonly string[];
}

/** Collects outcomes as they come. */
export class Tally {
  private readonly seed: number;
  private readonly describe: (d: Outcome['disagreements'][number]) => string;
  private graphs = 0;
  private graphsCompared = 0;
  private readonly nodes = new Map<string, { compared: number; uncompared: number }>();
  private readonly reasons = new Map<string, number>();
  private readonly crashes = new Set<number>();
  private readonly explained = new Map<string, number>();
  private readonly unexplained: string[] = [];

  constructor(seed: number, describe: (d: Outcome['disagreements'][number]) => string) {
    this.seed = seed;
    this.describe = describe;
  }

  add(outcome: Outcome): void {
    this.graphs += 1;
    if (outcome.compared.length > 0) this.graphsCompared += 1;
    for (const op of outcome.compared) this.countsOf(op).compared += 1;
    for (const { op, reason } of outcome.uncompared) {
      if (reason === CRASHED) this.crashes.add(outcome.seed);
      this.countsOf(op).uncompared += 1;
      increase(this.reasons, kindOf(reason));
    }
    for (const d of outcome.disagreements) {
      const explanation = explanationOf(d);
      if (explanation) increase(this.explained, explanation.name);
      else this.unexplained.push(this.describe(d));
    }
  }

  get report(): Report {
    const { seed, graphs, graphsCompared, nodes, reasons, explained, unexplained } = this;
    const crashes = [...this.crashes];
    return { seed, graphs, graphsCompared, nodes, reasons, crashes, explained, unexplained };
  }

  private countsOf(op: string): { compared: number; uncompared: number } {
    const counts = this.nodes.get(op) ?? { compared: 0, uncompared: 0 };
    this.nodes.set(op, counts);
    return counts;
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Kinds of reasons, by what the engine says. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/Could not find an implementation|Failed to find kernel/, 'no kernel for this version or element type'],
  [/does not exchange/, 'values that the binding does not exchange'],
  [/end the process/, 'integer divisions that may end the process of the engine'],
  [/process of the engine ended/, CRASHED],
  [/construct locale/, 'a locale that the machine does not have'],
  [/Type Error|TypeInferenceError/, 'the engine finds types inconsistent'],
  [/ShapeInferenceError/, 'the engine finds shapes inconsistent'],
  [
    /during initialization|not (yet )?supported|does not support|NOT_IMPLEMENTED|not implemented/i,
    'an attribute or type that the kernel does not support',
  ],
  [/Non-zero status code/, 'the kernel refused its operands'],
  [/invalid model|Invalid model/, 'the engine finds the model invalid'],
];

function kindOf(reason: string): string {
  return kinds.find(([pattern]) => pattern.test(reason))?.[1] ?? `other: ${reason.slice(0, 120)}`;
}

/** The report as a page of text. */
export function pageOf(report: Report): string {
  const total = { compared: 0, uncompared: 0 };
  for (const counts of report.nodes.values()) {
    total.compared += counts.compared;
    total.uncompared += counts.uncompared;
  }
  const all = total.compared + total.uncompared;
  const share = (n: number, of: number): string => `${((100 * n) / Math.max(1, of)).toFixed(0)} %`;
  const descending = (counts: ReadonlyMap<string, number>): string[] =>
    [...counts].sort((a, b) => b[1] - a[1]).map(([name, n]) => `| ${name} | ${n} |`);
  const disagreements = [...report.explained.values()].reduce((a, n) => a + n, 0);
  return [
    `Seeds ${report.seed} to ${report.seed + report.graphs - 1}: ${report.graphs} graphs, ${report.graphsCompared} of them compared, on ${tiers.map(({ name }) => name).join(' and ')};`,
    `${total.compared} of ${all} nodes compared (${share(total.compared, all)}), ${disagreements} disagreements explained,`,
    `${report.unexplained.length} not. The process of ONNX Runtime ended on ${report.crashes.length === 0 ? 'no seed' : `seeds ${report.crashes.join(', ')}`}.`,
    '',
    '| disagreements explained by | results |',
    '| --- | --- |',
    ...descending(report.explained),
    '',
    '| not compared because | nodes |',
    '| --- | --- |',
    ...descending(report.reasons),
    '',
    '| operator | nodes compared | share |',
    '| --- | --- | --- |',
    ...[...report.nodes]
      .sort((a, b) => (a[0] < b[0] ? -1 : 1))
      .map(([op, n]) => `| ${op} | ${n.compared} | ${share(n.compared, n.compared + n.uncompared)} |`),
    '',
  ].join('\n');
}
