import { type Model, ModelError, type Value, type ValueType } from '@refold/ir';
import { planGraph } from '../plan/plan.ts';
import type { KernelCall } from '../profile/profile.ts';
import { Frame } from '../run/frame.ts';
import { Interpreter, type Program, type Values } from '../run/interpreter.ts';
import type { RunOptions } from '../run/options.ts';
import { typeOfValue } from '../run/value-type.ts';
import type { NdValue } from '../tensor/nd-array.ts';
import { FastMemory } from './memory.ts';
import { type FastPlan, type PlanRequest, planFast } from './planner.ts';
import type { FastOptions } from './site.ts';
import type { RunState, Task } from './task.ts';
import { type FixedResults, traceGraph } from './trace.ts';

/** Memory of a session, in bytes. */
export interface MemoryUse {
  /** Constants of the graph, as the file has them. */
  readonly constants: number;
  /** What is kept of them for all runs, in the forms that kernels read. */
  readonly weights: number;
  /** The arena of the last run, and what no arena could have done with less than. */
  readonly arena: number;
  readonly arenaBound: number;
  /** The most that feeds and results of reference kernels took beside the arena. */
  readonly beside: number;
}

/** Memory that weights may take in larger forms, beyond which plain ones do. */
const LEAST_BUDGET: number = 2 ** 20;

/** How many plans are kept, for as many sizes of feeds. */
const MAX_PLANS = 16;

/** The main graph of a model on the kernels of the fast tier. */
export class FastGraph {
  private readonly memory: FastMemory;
  private readonly model: Model;
  private readonly program: Program;
  private readonly options: FastOptions;
  private readonly budget: { bytes: number };
  private readonly constants: number;
  private readonly fixed: FixedResults = new Map();
  private readonly plans = new Map<string, FastPlan>();
  private use: MemoryUse = { constants: 0, weights: 0, arena: 0, arenaBound: 0, beside: 0 };

  constructor(module: WebAssembly.Module, model: Model, program: Program, options: FastOptions) {
    this.memory = new FastMemory(module, options.relaxed);
    this.model = model;
    this.program = program;
    this.options = options;
    let constants = 0;
    for (const value of model.graph.initializers) constants += value.tensor?.byteLength ?? 0;
    this.constants = constants;
    this.budget = { bytes: Math.max(LEAST_BUDGET, constants / 4) };
  }

  get memoryUse(): MemoryUse {
    return this.use;
  }

  /** Runs the graph; undefined where no plan could be made, and the reference tier has to say why. */
  run(fed: ReadonlyMap<Value, NdValue>, options: RunOptions): Values | undefined {
    const plan = options.onNode ? this.planFor(fed, options) : this.cachedPlan(fed);
    if (!plan) return undefined;
    const { memory } = this;
    const interpreter = new Interpreter(this.program, options);
    const { ledger, budget } = interpreter;
    if (plan.arenaBytes > ledger.limit) {
      throw new ModelError(
        'model/limit',
        `values of ${plan.arenaBytes} bytes pass the memory limit of ${ledger.limit} bytes`,
        {},
        'Raise `memoryLimit` if the model is to be trusted.',
      );
    }
    memory.reserve(plan.arenaBytes);
    plan.places.forEach((place, i) => {
      place.at = memory.base + (plan.offsets[i] ?? 0);
    });
    const frame = new Frame(this.model.graph, ledger);
    for (const [value, content] of fed) frame.bind(value, content);
    const state: RunState = { interpreter, frame };
    const { profile } = options;
    profile?.begin();
    for (const [i, task] of plan.tasks.entries()) {
      budget.check();
      const started = profile ? performance.now() : 0;
      task.run(state);
      profile?.note(started, callOf(task, plan.live[i] ?? 0));
      for (const value of task.releases) frame.release(value);
    }
    const outputs = plan.outputs.map((source) => source.read(state));
    frame.releaseAll();
    this.use = {
      constants: this.constants,
      weights: memory.base,
      arena: plan.arenaBytes,
      arenaBound: plan.boundBytes,
      beside: ledger.peak,
    };
    options.onEnd?.({ peakBytes: plan.arenaBytes + ledger.peak });
    return outputs;
  }

  private cachedPlan(fed: ReadonlyMap<Value, NdValue>): FastPlan | undefined {
    const key = signature(fed);
    let plan = this.plans.get(key);
    if (!plan) {
      plan = this.planFor(fed, {});
      if (!plan) return undefined;
      const [oldest] = this.plans.keys();
      if (this.plans.size >= MAX_PLANS && oldest !== undefined) this.plans.delete(oldest);
      this.plans.set(key, plan);
    }
    return plan;
  }

  /** A plan for feeds of these sizes. Whatever is wrong with a node is for the reference tier to say. */
  private planFor(fed: ReadonlyMap<Value, NdValue>, { onNode }: RunOptions): FastPlan | undefined {
    const { program, memory, options, budget } = this;
    const observe: PlanRequest['observe'] =
      onNode &&
      (({ step, op }, inputs, outputs) => {
        onNode({ node: step.node, op, inputs, outputs, depth: 0, milliseconds: 0, bytesHeld: 0 });
      });
    try {
      const types = new Map<Value, ValueType>();
      for (const [value, content] of fed) types.set(value, typeOfValue(content));
      const { graph } = this.model;
      const plan = program.plans.get(graph) ?? planGraph(graph, program.kernels);
      return planFast(traceGraph(plan, types, program, this.fixed), {
        program,
        memory,
        options,
        budget,
        observe,
      });
    } catch (error) {
      if (error instanceof ModelError) return undefined;
      throw error;
    }
  }
}

function callOf({ name, node, cost }: Task, bytesHeld: number): KernelCall {
  return { name: node?.label ?? '', op: node?.op ?? '', kernel: name, ...cost, bytesHeld };
}

/** What a plan hangs on: which inputs are fed, and their types and sizes. */
function signature(fed: ReadonlyMap<Value, NdValue>): string {
  let text = '';
  for (const [value, content] of fed) {
    text +=
      content.kind === 'tensor'
        ? `${value.id}:${content.dtype}[${content.dims.join()}]`
        : `${value.id}:${content.kind}`;
  }
  return text;
}
