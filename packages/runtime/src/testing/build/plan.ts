import { type Editor, inferNode, type Model, schemaOf, type Value } from '@refold/ir';
import type { NdValue } from '../../tensor/nd-array.ts';
import { fromReals } from '../../tensor/reals.ts';
import { callFunction } from '../operators/control.ts';
import { generators } from '../operators/table.ts';
import { Choices } from './choices.ts';
import { Misfit } from './misfit.ts';
import { Build, type BuildOptions, type Scope } from './scope.ts';
import { Site } from './site.ts';

/** One step of a construction: an operator, decisions about its node, and steps for its nested graphs. */
export interface Step {
  /** Name of an operator of the standard domain, or {@link CALL}. */
  readonly op: string;
  readonly choices: readonly number[];
  readonly inner: readonly (readonly Step[])[];
}

/** What a model is made of. Any steps make a valid model, so steps can be taken out one by one. */
export interface Plan {
  readonly opset: number;
  readonly steps: readonly Step[];
  /** Which values that nodes read are outputs too. */
  readonly shown: readonly number[];
}

/** The step that calls a function of the model. */
export const CALL = 'call';

/** A model and inputs that it can run on. */
export interface Built {
  readonly model: Model;
  readonly feeds: ReadonlyMap<string, NdValue>;
}

/** Outputs that a model has at most. */
const MAX_OUTPUTS = 16;

/**
 * Makes the model of a plan. Every step is resolved against the values that are there when its turn comes;
 * what it cannot find it makes itself. A step whose operator the opset does not have is left out.
 */
export function buildPlan(plan: Plan, options: BuildOptions): Built {
  const build = new Build(plan.opset, options);
  takeSteps(build.main, plan.steps);
  setOutputs(build, new Choices(plan.shown));
  dropUnread(build);
  return { model: build.editor.model, feeds: build.feeds };
}

function takeSteps(scope: Scope, steps: readonly Step[]): void {
  for (const step of steps) {
    try {
      takeStep(scope, step);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
    }
  }
}

function takeStep(scope: Scope, step: Step): void {
  const grow = (inner: Scope, index: number): void => takeSteps(inner, step.inner[index] ?? []);
  const choices = new Choices(step.choices);
  const schema = schemaOf('', step.op === CALL ? 'Identity' : step.op, scope.build.opset);
  if (!schema || schema.deprecated) return;
  const site = new Site(scope, schema, choices, grow);
  if (step.op === CALL) callFunction(site);
  else generators.get(step.op)?.(site);
}

/** Everything that nobody reads is an output, and some of what is read. */
function setOutputs({ editor, main }: Build, shown: Choices): void {
  const made = [...main.graph.nodes()].flatMap((node) => node.outputs.filter((v) => v !== undefined));
  const unread = made.filter((v) => v.useCount === 0).slice(0, MAX_OUTPUTS);
  const read = made.filter((v) => v.useCount > 0 && shown.rarely(4)).slice(0, MAX_OUTPUTS - unread.length);
  const outputs = [...unread, ...read];
  editor.setOutputs(main.graph, outputs.length > 0 ? outputs : [anything(editor, main)]);
}

/** A model has an output, so one without nodes gets one. */
function anything(editor: Editor, main: Scope): Value {
  const [operand] = main.operands();
  const input = operand?.value ?? main.graph.inputs[0] ?? main.fed(fromReals('float32', [], [0])).value;
  const node = editor.createNode(
    { opType: 'Identity', inputs: [input], outputs: ['y'] },
    { end: main.graph },
  );
  inferNode(editor, node);
  const [value] = node.outputs;
  if (!value) throw new Error('Identity has an output');
  return value;
}

/** Takes away inputs and constants that a step made and then had no use for. */
function dropUnread({ editor, feeds, main }: Build): void {
  const { graph } = main;
  const read = graph.inputs.filter((v) => v.useCount > 0);
  for (const input of graph.inputs) if (input.useCount === 0) feeds.delete(input.name);
  editor.setInputs(graph, read);
  for (const value of [...graph.initializers]) if (value.useCount === 0) editor.removeInitializer(value);
}
