import type { FunctionDef, Node, Value } from '@refold/ir';
import { dataRule } from '../data/data-rule.ts';
import type { EmitJson, ExprJson, RuleData } from '../data/rule-data.ts';
import type { Exactness, Rule } from '../rewrite/rule.ts';
import { regionPattern } from './region-pattern.ts';
import { underivable } from './underivable.ts';

/** Options of `ruleFromFunction`. */
export interface FunctionRuleOptions {
  /** `derived/` and the function's name in lower case when absent. */
  readonly name?: string;
  /** The operator that takes the place of the body; the function's own name when absent. */
  readonly op?: string;
  /** `reassociate` when absent. */
  readonly exactness?: Exactness;
  /** Whether sums and products match in any order and bracketing; true when absent. */
  readonly nary?: boolean;
}

/**
 * The rule that folds the body of a function back into one node, as ONNX gives bodies for operators that can be
 * said by others. Attributes of the call are found again where the body shows them: as a parameter of a node, or
 * as a constant. Throws `usage/option` when the body has nested graphs, does not show an input or an attribute, or
 * computes with constants that are not numbers.
 */
export function ruleFromFunction(fn: FunctionDef, options: FunctionRuleOptions = {}): Rule {
  return dataRule(functionRuleData(fn, options));
}

/** The data of {@link ruleFromFunction}, to be printed or changed. */
export function functionRuleData(fn: FunctionDef, options: FunctionRuleOptions = {}): RuleData {
  const { op = fn.name, exactness = 'reassociate', nary = true } = options;
  const inputs = new Set(fn.body.inputs);
  const roots = [...fn.body.outputs];
  const nodes: readonly Node[] = [...fn.body.nodes()];
  const leaf = (value: Value): string | undefined =>
    inputs.has(value) ? captureName(value.name) : undefined;
  const pattern = regionPattern(nodes, roots, { leaf, nary });
  for (const input of inputs) {
    if (input.useCount === 0) throw underivable(`input ${input.name} is not read by the body of ${fn.name}`);
  }
  const params: Record<string, ExprJson> = {};
  for (const name of [...fn.attributes, ...fn.defaults.keys()]) {
    if (pattern.captured.has(name)) params[name] = name;
    else if (pattern.carried.has(name)) params[name] = { fn: 'number', args: [name] };
    else if (!fn.defaults.has(name))
      throw underivable(`attribute ${name} does not show in the body of ${fn.name}`);
  }
  const call: EmitJson = {
    op,
    in: fn.body.inputs.map((input) => captureName(input.name)),
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(fn.domain === '' ? {} : { domain: fn.domain }),
  };
  const name = options.name ?? `derived/${op.toLowerCase()}`;
  const base = { name, doc: `the body of ${fn.name} = ${op}`, phase: 'fuse', exactness } as const;
  const defs = pattern.defs.length === 0 ? {} : { defs: pattern.defs };
  const [only, ...others] = pattern.roots;
  if (only === undefined) throw underivable(`${fn.name} has no output`);
  if (others.length === 0) return { ...base, ...defs, match: only, emit: call };
  const names = roots.map((root) => `out_${captureName(root.name)}`);
  return {
    ...base,
    ...defs,
    match: { roots: pattern.roots.map((p, i) => [names[i] ?? '', p]) },
    let: [['call', { ...call, outputs: roots.length }]],
    emit: { roots: names.map((n, at) => [n, { output: 'call', at }]) },
  };
}

/** A name as rules have them. */
export function captureName(name: string): string {
  const plain = name.replaceAll(/\W/g, '_');
  return /^[A-Za-z]/.test(plain) ? plain : `v${plain}`;
}
