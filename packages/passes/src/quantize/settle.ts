import { dtypeOf, type Model, type Node, type Value } from '@refold/ir';
import type { Diagnostic } from './classes/diagnostic.ts';
import type { Classes, ClassOptions, Statistics } from './classes/form-classes.ts';
import { formClasses } from './classes/form-classes.ts';
import { maskedStatistics } from './classes/masks.ts';
import { type Collected, type CollectOptions, collectConstraints } from './constraints/collect.ts';
import { activated, fusedInto } from './constraints/fused.ts';
import { operandsOf } from './constraints/operands.ts';
import type { PointTable } from './constraints/point-table.ts';
import { constantStatistics } from './statistics/calibration.ts';
import type { Histogram } from './statistics/histogram.ts';
import type { Target } from './targets/target.ts';

type FormOptions = Pick<ClassOptions, 'observer' | 'tolerance' | 'preference' | 'scalable' | 'widens'>;

/** What is quantized, and with which scales. */
export interface Settled {
  readonly collected: Collected;
  readonly classes: Classes;
}

/** The classes of what was collected, as the target has them. */
export function classesFor(
  { table, constraints }: Collected,
  target: Target,
  statistics: Statistics,
  options: FormOptions = {},
): Classes {
  const types = [...target.activations.types, ...target.weights.types];
  return formClasses(table.points, constraints, statistics, {
    ...options,
    types,
    requantizes: target.requantizes,
  });
}

/**
 * Collects constraints and forms classes. Where the target has no floats between codes, nodes of which it turns out
 * that some operand or result gets no codes are left out, and what must be left out with them, until all have some.
 */
export function settle(
  model: Model,
  target: Target,
  statistics: Statistics,
  options: CollectOptions & FormOptions = {},
): Settled {
  const without = new Set<Node>();
  const reasons: Diagnostic[] = [];
  const keep = (node: Node): boolean => without.has(node) || (options.keep?.(node) ?? false);
  for (;;) {
    const collected = collectConstraints(model, target, { ...options, keep });
    const seen = withConstants(statistics, collected.table);
    const classes = classesFor(collected, target, seen, options);
    const failed = target.floatIslands ? [] : nodesWithoutCodes(collected, classes, target);
    if (failed.length === 0) {
      const diagnostics = [...collected.diagnostics, ...reasons, ...classes.diagnostics];
      return { collected, classes: { ...classes, diagnostics } };
    }
    // A class gets no codes because of some of its values: what it is without them, the next round tells.
    const { constraints, table } = collected;
    const counted = maskedStatistics(
      seen,
      constraints.filter((c) => c.kind === 'exclude'),
    );
    const guilty = failed.filter((node) =>
      valuesAt(node).some((value) => isOdd(counted.get(table.keyOf(value)))),
    );
    for (const node of guilty.length > 0 ? guilty : failed) without.add(node);
    reasons.push(...classes.diagnostics.filter(({ code }) => code === 'non-finite' || code === 'unseen'));
  }
}

/** Nodes that are read on floats or on codes have other constants as operands. */
function withConstants(statistics: Statistics, table: PointTable): Statistics {
  const added = new Map([...table.values()].filter(([key]) => !statistics.has(key)));
  return new Map([...statistics, ...constantStatistics(added)]);
}

/** Nodes that should run on codes, and read or give something that has none. */
function nodesWithoutCodes(
  { table, quantized }: Collected,
  { classes }: Classes,
  target: Target,
): readonly Node[] {
  const withClass = new Set(classes.flatMap(({ points }) => points.map(({ key }) => key)));
  const readsCodes = (node: Node, input: number): boolean => {
    const point = table.use(node, input);
    if (!point || withClass.has(point.key)) return true;
    return node.inputs[input]?.producer?.is('DequantizeLinear') === true;
  };
  const givesCodes = (value: Value | undefined): boolean => {
    const result = activated(value, target, quantized);
    const point = result && result.useCount > 0 ? table.definition(result) : undefined;
    return !point || withClass.has(point.key) || isMadeCodes(result);
  };
  return [...quantized].filter((node) => {
    const { data, weights, allResults } = operandsOf(node);
    const operands = [...(data ?? node.inputs.keys()), ...(weights ?? []).map(({ input }) => input)];
    const results = allResults ? node.outputs : node.outputs.slice(0, 1);
    const isFused = fusedInto(node, target, quantized) !== undefined;
    return !(isFused || operands.every((i) => readsCodes(node, i))) || !results.every(givesCodes);
  });
}

function isMadeCodes(value: Value | undefined): boolean {
  for (const node of value?.users() ?? []) if (node.is('QuantizeLinear')) return true;
  return false;
}

function valuesAt(node: Node): readonly Value[] {
  return [...node.inputs, ...node.outputs].flatMap((v) => (dtypeOf(v) === 'float32' && v ? [v] : []));
}

function isOdd(histogram: Histogram | undefined): boolean {
  return !histogram || histogram.nan + histogram.positiveInfinite + histogram.negativeInfinite > 0;
}
