import { type Graph, ModelError, type Value, type ValueType } from '@refold/ir';
import { type GraphPlan, planGraph, type Step } from '../plan/plan.ts';
import type { KernelCall, Profile } from '../profile/profile.ts';
import type { Frame } from '../run/frame.ts';
import type { Interpreter, Program, Values } from '../run/interpreter.ts';
import type { RunOptions } from '../run/options.ts';
import { typeOfValue } from '../run/value-type.ts';
import type { NdValue } from '../tensor/nd-array.ts';
import type { Allowances } from './allowances.ts';
import type { Fact } from './facts.ts';
import type { FastMemory } from './memory.ts';
import { owned } from './owned.ts';
import { type FastPlan, mayBeFast, type PlanRequest, planFast } from './planner.ts';
import type { FastOptions } from './site.ts';
import type { Task } from './task.ts';
import { type FixedResults, type TracedStep, traceGraph } from './trace.ts';

/** What all graphs of a session share. */
export interface FastShared {
  readonly memory: FastMemory;
  readonly program: Program;
  readonly options: FastOptions;
  readonly allowances: Allowances;
  readonly fixed: FixedResults;
}

/** A part of a graph with its plan, and what follows it. */
export interface Part {
  readonly plan: FastPlan;
  readonly rest: readonly Step[];
  /** Facts for the rest. */
  readonly known: ReadonlyMap<Value, Fact>;
  /** Steps of which all is known, for those who observe. */
  readonly settled: readonly TracedStep[];
  /** Which part of the graph it is. */
  readonly index: number;
  /** Parts that come next, by the sizes that this one found. */
  readonly next: Map<string, Part>;
}

/** How many plans are kept of each part of a graph, for as many sizes. */
const MAX_PLANS = 16;

/** Parts that a graph is cut into at the most. */
const MAX_PARTS = 64;

/** Arithmetic below which a nested graph is left to the reference tier: entering a plan takes longer. */
const LEAST_FLOPS = 100_000;

/** A graph on the kernels of the fast tier. */
export class FastGraph {
  private readonly graph: Graph;
  private readonly shared: FastShared;
  private readonly first = new Map<string, Part>();
  private readonly isNested: boolean;
  private steps: GraphPlan | undefined;
  /** Who is told of the nodes of the run that is going on, and whether of values where they lie. */
  private onNode: RunOptions['onNode'];
  private lends = false;

  constructor(graph: Graph, shared: FastShared, isNested = false) {
    this.graph = graph;
    this.shared = shared;
    this.isNested = isNested;
  }

  /**
   * Runs on the values that are bound in the frame. Undefined where no plan could be made, and the reference tier has
   * to say why.
   */
  run(
    frame: Frame,
    fed: readonly Value[],
    interpreter: Interpreter,
    options: RunOptions,
  ): Values | undefined {
    this.onNode = options.onNode;
    this.lends = options.lends ?? false;
    let part = this.partFor(frame, fed, undefined);
    while (part) {
      const { plan } = part;
      this.tellSettled(part);
      const outputs = this.runPart(plan, frame, interpreter, options.profile);
      if (part.rest.length === 0) return outputs;
      part = this.partFor(frame, [...plan.carried.keys()], part);
    }
    return undefined;
  }

  private tellSettled({ settled, known }: Part): void {
    const contentOf = (value: Value | undefined): NdValue | undefined => {
      const fact = value && known.get(value);
      return fact?.kind === 'known' ? fact.value() : undefined;
    };
    for (const { step, op } of this.onNode ? settled : []) {
      const { node } = step;
      const [inputs, outputs] = [node.inputs.map(contentOf), node.outputs.map(contentOf)];
      this.onNode?.({ node, op, inputs, outputs, depth: 0, milliseconds: 0, bytesHeld: 0 });
    }
  }

  /** Runs a part. What others need of it is in the frame afterwards. */
  private runPart(
    plan: FastPlan,
    frame: Frame,
    interpreter: Interpreter,
    profile: Profile | undefined,
  ): Values {
    const { memory } = this.shared;
    const { ledger, budget } = interpreter;
    if (plan.arenaBytes > ledger.limit) {
      throw new ModelError(
        'model/limit',
        `values of ${plan.arenaBytes} bytes pass the memory limit of ${ledger.limit} bytes`,
        {},
        'Raise `memoryLimit` if the model is to be trusted.',
      );
    }
    memory.enter(plan);
    const state = { interpreter, frame };
    for (const [i, task] of plan.tasks.entries()) {
      budget.check();
      const started = profile ? performance.now() : 0;
      task.run(state);
      profile?.note(started, callOf(task, plan.live[i] ?? 0));
      for (const value of task.releases) frame.release(value);
    }
    for (const [value, source] of plan.carried)
      if (!frame.has(value)) frame.bind(value, owned(memory, source.read(state)));
    const outputs = this.handedOut(plan.outputs.map((source) => source.read(state)));
    memory.leave();
    return outputs;
  }

  /** Values as those outside of a run get them. */
  private handedOut(values: Values): Values {
    return this.lends ? values : values.map((value) => owned(this.shared.memory, value));
  }

  /** The part of the graph after `before`, for values of these sizes. Those who observe have plans of their own. */
  private partFor(frame: Frame, fed: readonly Value[], before: Part | undefined): Part | undefined {
    const types = new Map<Value, ValueType>();
    for (const value of fed) {
      const content = frame.get(value);
      if (content) types.set(value, typeOfValue(content));
    }
    const plans = before?.next ?? this.first;
    const key = `${this.onNode ? 'observed ' : ''}${signature(types)}`;
    let part = plans.get(key);
    if (!part) {
      part = this.plan(types, before);
      if (!part) return undefined;
      const [oldest] = plans.keys();
      if (plans.size >= MAX_PLANS && oldest !== undefined) plans.delete(oldest);
      plans.set(key, part);
    }
    return part;
  }

  /** Whatever is wrong with a node, or too large, is for the reference tier to say. */
  private plan(fed: ReadonlyMap<Value, ValueType>, before: Part | undefined): Part | undefined {
    const { graph, shared, onNode } = this;
    const { program } = shared;
    const observe: PlanRequest['observe'] =
      onNode &&
      (({ step: { node }, op }, read, made) => {
        const [inputs, outputs] = [this.handedOut(read), this.handedOut(made)];
        this.onNode?.({ node, op, inputs, outputs, depth: 0, milliseconds: 0, bytesHeld: 0 });
      });
    const index = before ? before.index + 1 : 0;
    // Who observes hears of every node once. And what a body finds out is another size in every round.
    const mayWait = !onNode && !this.isNested;
    try {
      this.steps ??= program.plans.get(graph) ?? planGraph(graph, program.kernels);
      const trace = traceGraph({
        graph,
        steps: before?.rest ?? this.steps.steps,
        fed,
        known: before?.known ?? new Map(),
        program,
        fixed: shared.fixed,
        isWorth: (rest) => mayWait && index < MAX_PARTS && mayBeFast(rest),
      });
      const plan = planFast(trace, { ...shared, observe });
      if (this.isNested && flopsOf(plan) < LEAST_FLOPS) return undefined;
      const known = new Map([...trace.facts].filter(([, fact]) => fact.kind === 'known'));
      return { plan, rest: trace.rest, known, settled: trace.settled, index, next: new Map() };
    } catch (error) {
      if (error instanceof ModelError || error instanceof RangeError) return undefined;
      throw error;
    }
  }
}

function flopsOf({ tasks }: FastPlan): number {
  return tasks.reduce((sum, { cost }) => sum + cost.flops, 0);
}

function callOf({ name, node, cost }: Task, bytesHeld: number): KernelCall {
  return { name: node?.label ?? '', op: node?.op ?? '', kernel: name, ...cost, bytesHeld };
}

/** What a plan depends on: which values are fed, and their types and sizes. */
export function signature(fed: ReadonlyMap<Value, ValueType>): string {
  let text = '';
  for (const [value, type] of fed) {
    text +=
      type.kind === 'tensor'
        ? `${value.id}:${type.dtype}[${type.shape?.join()}]`
        : `${value.id}:${type.kind}`;
  }
  return text;
}
