import {
  attributesOfCall,
  type FunctionDef,
  type Graph,
  ModelError,
  type Node,
  OpContext,
  type Value,
} from '@refold/ir';
import type { Constants } from '../plan/constants.ts';
import { type GraphPlan, type KernelLookup, planGraph, type Step } from '../plan/plan.ts';
import type { NdValue } from '../tensor/nd-array.ts';
import { Budget } from './budget.ts';
import { checkExtents } from './extent.ts';
import { Frame } from './frame.ts';
import { Ledger } from './ledger.ts';
import { locateError } from './locate-error.ts';
import { ValueFacts } from './operand-facts.ts';
import { DEFAULT_DEPTH_LIMIT, DEFAULT_MEMORY_LIMIT, type RunOptions } from './options.ts';
import { Random } from './random.ts';
import { StepContext } from './step-context.ts';

/** Operands and results; absent ones are undefined. */
export type Values = readonly (NdValue | undefined)[];

/** What runs of one model share. */
export interface Program {
  readonly kernels: KernelLookup;
  readonly constants: Constants;
  readonly plans: Map<Graph, GraphPlan>;
}

/** Another way to run graphs that are nested or called. */
export interface GraphRunner {
  /** Runs the graph of `frame` on what is bound there, and gives its outputs; undefined where it does not. */
  run(frame: Frame, interpreter: Interpreter): Values | undefined;
}

/** One run: walks graphs in the order of their nodes, nested graphs and function bodies included. */
export class Interpreter {
  readonly ledger: Ledger;
  readonly budget: Budget;
  readonly random: Random;
  private readonly program: Program;
  private readonly depthLimit: number;
  private readonly onNode: RunOptions['onNode'];
  private readonly runner: GraphRunner | undefined;

  /** `runner` comes first for all graphs that it runs. It does not tell of nodes. */
  constructor(program: Program, options: RunOptions, runner?: GraphRunner) {
    this.program = program;
    this.ledger = new Ledger(options.memoryLimit ?? DEFAULT_MEMORY_LIMIT);
    this.budget = new Budget(options.timeLimit ?? Number.POSITIVE_INFINITY, options.signal);
    this.random = new Random(options.seed ?? 0);
    this.depthLimit = options.depthLimit ?? DEFAULT_DEPTH_LIMIT;
    this.onNode = options.onNode;
    this.runner = options.onNode ? undefined : runner;
  }

  /** Runs the graph of `frame` on the inputs bound there, and gives its outputs. The frame is empty afterwards. */
  runGraph(frame: Frame): Values {
    if (frame.depth > this.depthLimit) {
      throw new ModelError('model/limit', `graphs and functions are nested deeper than ${this.depthLimit}`);
    }
    const results = this.runner?.run(frame, this);
    if (results) {
      frame.releaseAll();
      return results;
    }
    const plan = this.planOf(frame.graph);
    for (const value of plan.unread) frame.release(value);
    for (const step of plan.steps) this.runStep(step, frame);
    const outputs = frame.graph.outputs.map((value) => this.read(value, frame));
    frame.releaseAll();
    return outputs;
  }

  /**
   * Runs a graph nested in a node of `frame` or of a frame that waits for it, or one that stands alone because
   * a kernel has made it.
   */
  runNested(graph: Graph, inputs: Values, frame: Frame): Values {
    const outer = frame.of(graph.outer);
    if (graph.outer && !outer) {
      throw new ModelError('model/invalid', `graph ${graph.name} is not within reach`);
    }
    const inner = new Frame(graph, this.ledger, frame, outer, outer ? outer.attributes : frame.attributes);
    if (inputs.length > graph.inputs.length) {
      throw new ModelError(
        'model/invalid',
        `graph ${graph.name} has ${graph.inputs.length} inputs and is given ${inputs.length}`,
      );
    }
    graph.inputs.forEach((input, i) => {
      const given = inputs[i];
      if (given || !input.tensor) inner.bind(input, given);
    });
    return this.runGraph(inner);
  }

  /** Runs one node of `frame`: reads its operands, binds its results, lets go of what nobody needs any more. */
  private runStep(step: Step, frame: Frame): void {
    const { node } = step;
    this.budget.check();
    try {
      const started = this.onNode ? performance.now() : 0;
      const inputs = node.inputs.map((value) => value && this.read(value, frame));
      const op = new OpContext(node, step.schema, new ValueFacts(inputs), frame.attributes);
      const outputs = this.execute(step, op, inputs, frame);
      step.results.forEach((value, i) => {
        if (value) frame.bind(value, outputs[i]);
      });
      for (const value of step.releases) frame.release(value);
      if (!this.onNode) return;
      const milliseconds = performance.now() - started;
      const bytesHeld = this.ledger.inUse;
      this.onNode({ node, op, inputs, outputs, depth: frame.depth, milliseconds, bytesHeld });
    } catch (error) {
      throw locateError(error, node, frame.path);
    }
  }

  /** Runs the kernel or the function of a node on operands; `op` is the node as a kernel sees it. */
  execute(step: Step, op: OpContext, inputs: Values, frame: Frame): Values {
    checkExtents(inputs);
    if (step.callee) return this.call(step.callee, op, inputs, frame);
    const { kernel } = step;
    if (!kernel) throw op.invalid('there is no kernel');
    const mark = this.ledger.mark;
    const ctx = new StepContext(this, op, frame);
    try {
      const outputs = kernel.run(inputs, ctx);
      step.results.forEach((value, i) => {
        if (value && !outputs[i]) throw missingOutput(step.node, i);
      });
      return outputs;
    } finally {
      ctx.done();
      this.ledger.settle(mark);
    }
  }

  private call(callee: FunctionDef, op: OpContext, inputs: Values, frame: Frame): Values {
    const { body } = callee;
    if (inputs.length > body.inputs.length || op.outputCount > body.outputs.length) {
      throw op.invalid(`the function has ${body.inputs.length} inputs and ${body.outputs.length} outputs`);
    }
    const inner = new Frame(
      body,
      this.ledger,
      frame,
      undefined,
      attributesOfCall(callee, op.node, frame.attributes),
    );
    body.inputs.forEach((input, i) => {
      inner.bind(input, inputs[i]);
    });
    return this.runGraph(inner);
  }

  /** What a value holds; undefined only for an absent optional input of a function. */
  private read(value: Value, frame: Frame): NdValue | undefined {
    const home = homeOf(value, frame);
    const bound = home?.get(value);
    if (bound) return bound;
    if (home?.has(value)) return undefined;
    const constant = this.program.constants.of(value);
    if (constant) return constant;
    throw new ModelError('model/invalid', `${value.name} is read before it is computed`, {
      value: value.name,
    });
  }

  private planOf(graph: Graph): GraphPlan {
    let plan = this.program.plans.get(graph);
    if (!plan) {
      plan = planGraph(graph, this.program.kernels);
      this.program.plans.set(graph, plan);
    }
    return plan;
  }
}

/** The frame of the graph in which a value is defined: this one or one around it. */
export function homeOf(value: Value, frame: Frame): Frame | undefined {
  let home: Frame | undefined = frame;
  while (home && home.graph !== value.graph) home = home.outer;
  return home;
}

function missingOutput(node: Node, index: number): ModelError {
  return new ModelError('model/unsupported', `the kernel of ${node.op} does not compute output ${index}`);
}
