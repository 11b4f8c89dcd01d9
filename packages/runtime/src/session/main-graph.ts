import { type Model, ModelError, OpContext, type Value } from '@refold/ir';
import { planGraph, type Step } from '../plan/plan.ts';
import { Frame } from '../run/frame.ts';
import { Interpreter, type Program } from '../run/interpreter.ts';
import { locateError } from '../run/locate-error.ts';
import { ValueFacts } from '../run/operand-facts.ts';
import type { NdValue } from '../tensor/nd-array.ts';
import { checkFeeds, type Feeds } from './feeds.ts';
import { newProgram, type SessionOptions, sessionInputs } from './session.ts';

/** What a node of the main graph did. */
export interface StepResult {
  readonly op: OpContext;
  readonly inputs: readonly (NdValue | undefined)[];
  readonly outputs: readonly (NdValue | undefined)[];
}

/** A main graph made ready to be run node by node, any number of times. */
export class MainGraph {
  readonly model: Model;
  readonly steps: readonly Step[];
  readonly unread: readonly Value[];
  private readonly program: Program;
  private readonly options: SessionOptions;

  /** Throws `model/unsupported` when there is an operator without a kernel. */
  constructor(model: Model, options: SessionOptions = {}) {
    this.model = model;
    this.options = options;
    this.program = newProgram(options.kernels);
    const plan = planGraph(model.graph, this.program.kernels);
    this.program.plans.set(model.graph, plan);
    this.steps = plan.steps;
    this.unread = plan.unread;
  }

  /** A run on the given feeds, before its first node. */
  start(feeds: Feeds): MainGraphRun {
    return new MainGraphRun(this, this.program, this.options, feeds);
  }
}

/**
 * One run of a main graph, node by node. Whoever drives it may put other values in place of results. Values
 * are let go of after their last use, as in any run.
 */
export class MainGraphRun {
  private readonly program: Program;
  private readonly interpreter: Interpreter;
  private readonly frame: Frame;

  constructor(main: MainGraph, program: Program, options: SessionOptions, feeds: Feeds) {
    const { graph } = main.model;
    this.program = program;
    this.interpreter = new Interpreter(program, options);
    this.frame = new Frame(graph, this.interpreter.ledger);
    const given = checkFeeds(feeds, sessionInputs(graph), false);
    for (const value of graph.inputs) {
      const content = given.get(value.name);
      if (content) this.frame.bind(value, content);
    }
    for (const value of main.unread) this.frame.release(value);
  }

  /** What a value holds: fed, constant, or computed before. */
  read(value: Value): NdValue {
    const content = this.frame.get(value) ?? this.program.constants.of(value);
    if (content) return content;
    throw new ModelError('model/invalid', `${value.name} is read before it is computed`, {
      value: value.name,
    });
  }

  /** Runs a node on the values in hand. Its results are not bound yet. */
  evaluate(step: Step): StepResult {
    this.interpreter.budget.check();
    const { node } = step;
    try {
      const inputs = node.inputs.map((value) => value && this.read(value));
      const op = new OpContext(node, step.schema, new ValueFacts(inputs));
      return { op, inputs, outputs: this.interpreter.execute(step, op, inputs, this.frame) };
    } catch (error) {
      throw locateError(error, node, this.frame.path);
    }
  }

  /** Gives a result of a node its value; results that nobody reads are not kept. */
  bind(value: Value, content: NdValue): void {
    this.frame.bind(value, content);
  }

  /** Lets go of what nobody needs after a node. */
  release(step: Step): void {
    for (const value of step.releases) this.frame.release(value);
  }

  /** The outputs of the graph, by name, after the last node. */
  outputs(): Map<string, NdValue> {
    const outputs = new Map<string, NdValue>();
    for (const value of this.frame.graph.outputs) outputs.set(value.name, this.read(value));
    return outputs;
  }
}
