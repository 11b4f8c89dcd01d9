import { createHash } from 'node:crypto';
import {
  constantTensor,
  decodeModel,
  Editor,
  encodeModel,
  type Graph,
  inferModel,
  type Model,
  type Node,
  printType,
  type Value,
  verifyModel,
} from '@refold/ir';
import { createSession, type Feeds } from '@refold/runtime';
import {
  checkTarget,
  classesFor,
  collectConstraints,
  constantStatistics,
  formClasses,
  minMax,
  type PostTrainingResult,
  prepareModel,
  type QuantizationReport,
  quantizePostTraining,
  type Target,
} from '../../src/index.ts';
import { shuffled, shuffleNodes } from '../shuffle-nodes.ts';

/** What must hold of quantizing any model for any target. */
export type Property =
  | 'signature'
  | 'valid'
  | 'runs'
  | 'idempotent'
  | 'order-of-nodes'
  | 'order-of-constraints'
  | 'same-scale'
  | 'no-islands';

export interface Complaint {
  readonly property: Property;
  readonly message: string;
}

/** What came of a model for a target. */
export interface Verdict {
  readonly target: string;
  /** Nodes on codes, and all others. */
  readonly quantized: number;
  readonly float: number;
  readonly classes: number;
  /** How many other orders were tried. */
  readonly orders: number;
  /** Operators that stay on floats because they would stand between codes, and how many of each. */
  readonly islands: Readonly<Record<string, number>>;
  readonly complaints: readonly Complaint[];
}

export interface JudgeOptions {
  /** How many other orders of nodes, and of constraints, are tried; with none, there is no second run either. */
  readonly orders?: number;
}

/** Quantizes a model, again with nodes in other orders, and again what came out, and says what does not hold. */
export async function judge(
  bytes: Uint8Array,
  target: Target,
  samples: readonly Feeds[],
  { orders = 1 }: JudgeOptions = {},
): Promise<Verdict> {
  const original = inferred(bytes);
  const complaints: Complaint[] = [];
  const complain = (property: Property, ...messages: readonly string[]): void => {
    for (const message of messages) complaints.push({ property, message });
  };
  const { model, report, statistics } = await quantized(bytes, target, samples);
  const file = encodeModel(model);
  const reread = inferred(file);
  if (signature(reread) !== signature(original))
    complain('signature', `${signature(original)} became ${signature(reread)}`);
  complain('valid', ...verifyModel(reread).map((f) => f.message));
  complain('runs', ...failures(() => createSession(reread, { tier: 'fast' }).run(samples[0] ?? new Map())));

  if (orders > 0) {
    const again = await quantized(file, target, samples);
    const { values, constants } = again.report.written;
    if (values + constants > 0)
      complain('idempotent', `a second run writes ${values} values and ${constants} constants`);
    complain('idempotent', ...differences(codesOf(model), codesOf(again.model)));
  }
  for (let seed = 1; seed <= orders; seed += 1) {
    const other = await quantized(bytes, target, samples, (m) => shuffleNodes(m, seed));
    complain(
      'order-of-nodes',
      ...differences(codesOf(model), codesOf(other.model), isSharedBy(original, model, other.model)),
    );
  }
  if (orders > 0) complain('order-of-constraints', ...constraintOrders(bytes, target, statistics, orders));

  for (const breach of checkTarget(reread, target)) {
    if (breach.code === 'other-scale') complain('same-scale', breach.message);
    else if (!target.requantizes) complain('no-islands', breach.message);
  }
  const count = (table: Readonly<Record<string, number>>) => Object.values(table).reduce((a, b) => a + b, 0);
  return {
    target: target.name,
    quantized: count(report.quantized),
    float: count(report.float),
    classes: report.classes.length,
    orders,
    islands: islandsOf(report),
    complaints,
  };
}

/** What the report says of islands: by operator, which stands behind the name. */
function islandsOf({ diagnostics }: QuantizationReport): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { code, message } of diagnostics) {
    if (code !== 'island') continue;
    const operator = /\((\w+)\) stays/.exec(message)?.[1] ?? '?';
    counts[operator] = (counts[operator] ?? 0) + 1;
  }
  return counts;
}

/** With a fixed observer and biases as they are: whether orders agree is asked of scales, not of what was tried. */
async function quantized(
  bytes: Uint8Array,
  target: Target,
  samples: readonly Feeds[],
  change?: (m: Model) => void,
): Promise<PostTrainingResult & { readonly model: Model }> {
  const model = decodeModel(bytes);
  change?.(model);
  return {
    model,
    ...(await quantizePostTraining(model, { target, samples, observer: minMax, biasCorrection: false })),
  };
}

function inferred(bytes: Uint8Array): Model {
  const model = decodeModel(bytes);
  inferModel(new Editor(model));
  return model;
}

/** Names and types of inputs and outputs, as the file states them. */
function signature(m: Model): string {
  const stated = (v: Value): string => `${v.declared ? printType(v.declared) : '?'} ${v.name}`;
  return [m.graph.inputs, m.graph.outputs].map((list) => list.map(stated).join()).join(' => ');
}

function failures(run: () => unknown): readonly string[] {
  try {
    run();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** What stands at each value that goes through codes, and at each constant that is codes. */
function codesOf(model: Model): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const graph of model.graphs()) {
    for (const node of graph.nodes()) {
      if (!node.is('QuantizeLinear') && !node.is('DequantizeLinear')) continue;
      const [data] = node.inputs;
      const key = `${node.opType} ${pathOf(graph)}${data?.name}`;
      const parameters = [node.inputs[1], node.inputs[2], ...(data && constantTensor(data) ? [data] : [])];
      found.set(
        key,
        `${found.get(key) ?? ''} ${parameters.map((v) => digest(v && constantTensor(v)?.bytes()))}`,
      );
    }
  }
  return found;
}

/** Where a nested graph is: by the first results of the nodes around it. */
function pathOf(graph: Graph): string {
  const { owner } = graph;
  if (owner?.kind !== 'node') return '';
  const at: Node = owner.node;
  return `${at.graph ? pathOf(at.graph) : ''}${at.outputs.find((v) => v)?.name}: `;
}

function digest(bytes: Uint8Array | undefined): string {
  if (!bytes) return '';
  return bytes.length <= 8
    ? Buffer.from(bytes).toString('hex')
    : createHash('sha1').update(bytes).digest('hex').slice(0, 12);
}

/** Whether all models have a value. What fusions make is named by order, and joined in it. */
function isSharedBy(...models: readonly Model[]): (key: string) => boolean {
  const names = models.map((m) => new Set([...m.graphs()].flatMap((g) => [...valuesOf(g)])));
  return (key) => names.every((known) => known.has(key.slice(key.indexOf(' ') + 1)));
}

function* valuesOf(graph: Graph): Generator<string> {
  const path = pathOf(graph);
  for (const value of [...graph.inputs, ...graph.initializers]) yield path + value.name;
  for (const node of graph.nodes()) for (const value of node.outputs) if (value) yield path + value.name;
}

function differences(
  expected: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
  counts: (key: string) => boolean = () => true,
): readonly string[] {
  const keys = new Set([...expected.keys(), ...found.keys()]);
  return [...keys]
    .filter((key) => expected.get(key) !== found.get(key) && counts(key))
    .map((key) => `${key}: ${expected.get(key) ?? 'nothing'} became ${found.get(key) ?? 'nothing'}`);
}

/** Classes of the prepared model, with points and constraints in other orders. */
function constraintOrders(
  bytes: Uint8Array,
  target: Target,
  statistics: PostTrainingResult['statistics'],
  orders: number,
): readonly string[] {
  const model = decodeModel(bytes);
  prepareModel(model, target);
  const collected = collectConstraints(model, target);
  const { table, constraints } = collected;
  const seen = new Map([...constantStatistics(table.values()), ...statistics.values]);
  const text = (classes: ReturnType<typeof formClasses>): string =>
    JSON.stringify(classes.classes.map(({ points, theta, grain }) => [points, theta, grain]));
  const expected = text(classesFor(collected, target, seen, { observer: minMax }));
  const settings = {
    observer: minMax,
    types: [...target.activations.types, ...target.weights.types],
    requantizes: target.requantizes,
  };
  for (let seed = 1; seed <= orders; seed += 1) {
    const other = formClasses(shuffled(table.points, seed), shuffled(constraints, seed), seen, settings);
    if (text(other) !== expected) return ['other orders of points and constraints give other classes'];
  }
  return [];
}
