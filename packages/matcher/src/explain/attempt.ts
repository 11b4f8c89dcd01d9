import { Editor, type Value } from '@refold/ir';
import type { Solution } from '../compile/match-source.ts';
import { applyRule } from '../rewrite/apply.ts';
import { checkEmissions } from '../rewrite/emission.ts';
import { matchOf } from '../rewrite/match-of.ts';
import { queryOf } from '../rewrite/query.ts';
import type { Emission, RuleSpec } from '../rewrite/rule.ts';
import { Refusal } from '../rewrite/verdict.ts';
import type { FailedPart, Outcome } from './explanation.ts';
import { readersOf } from './place.ts';

/** What came of a match. */
export interface Attempted {
  readonly outcome: Exclude<Outcome, 'no-anchor' | 'structure' | 'fuel'>;
  readonly failed?: FailedPart;
  readonly wouldMatchIf?: string;
}

/** Asks the guard, and makes the rewrite in a transaction that is then taken back. The model stays as it is. */
export function attempt(solution: Solution): Attempted {
  const { spec } = solution.rule.rule;
  const { graph } = solution.node;
  if (!graph) return { outcome: 'declined' };
  const match = matchOf(solution);
  const query = queryOf(graph, solution.sizes);
  const verdict = spec.guard?.(match, query);
  if (verdict && !verdict.ok)
    return { outcome: 'guard', failed: ofRule(solution, verdict.reason, verdict.about) };
  const editor = new Editor(graph.model);
  editor.begin();
  let refusal: Refusal | undefined;
  let declined = false;
  try {
    if (spec.emits) checkEmissions(graph, spec.emits);
    declined = applyRule(editor, spec, match, query) === undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refusal = error;
  } finally {
    editor.rollback();
  }
  if (refusal) return refused(solution, refusal);
  return declined ? { outcome: 'declined', failed: nothingToDo } : { outcome: 'matched' };
}

const nothingToDo: FailedPart = {
  reason: 'nothing-to-do',
  expected: 'a replacement',
  found: 'none: the code of the rule has other conditions',
};

/** What a guard or a builder says, in its own code. */
function ofRule(solution: Solution, reason: string, about: string | undefined): FailedPart {
  const value = about === undefined ? undefined : solution.captures.get(about);
  const name = about !== undefined && isNamed(value) && value.name !== about ? ` (\`${value.name}\`)` : '';
  return {
    reason,
    at: solution.node.label,
    expected: 'what the code of the rule asks for',
    found: `${reason}${about === undefined ? '' : `, about \`${about}\`${name}`}`,
  };
}

function isNamed(value: unknown): value is { readonly name: string } {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}

/** Refusals of the driver: what each is about, and why. */
const objections: ReadonlyMap<string, readonly [Attempted['outcome'], expected: string, found: string]> =
  new Map([
    ['op-not-in-opset', ['opset', 'an opset that has %', 'one that does not']],
    ['domain-not-imported', ['opset', 'an import of domain %', 'none']],
    ['arity-not-in-opset', ['opset', '% with other operands', 'an opset that has no such %']],
    ['dtype-not-in-opset', ['opset', 'an opset in which % has this type', 'one in which it has not']],
    ['op-is-shadowed', ['opset', '% as ONNX defines it', 'a function of the model by that name']],
    ['invalid-node', ['types', 'a valid node', '%']],
    ['dtype-differs', ['types', 'the dtype of `%`', 'another one']],
    ['type-differs', ['types', 'the type of `%`', 'another one']],
    ['type-not-proved', ['types', 'the type of `%`', 'one that is not known']],
    ['shape-differs', ['types', 'the shape of `%`', 'another one']],
    ['shape-not-proved', ['types', 'the shape of `%`', 'one that may differ']],
    ['outside-use', ['safety', 'no other reader of `%`', 'others, so that its node must stay']],
    ['grows', ['safety', 'no more nodes than before', 'more']],
    ['grows-bytes', ['safety', 'no larger constants than before', 'larger ones']],
    ['not-dominated', ['safety', '`%` before all that read it', 'a reader before it']],
    ['not-a-result', ['safety', 'the result of a node', '`%`, which is none']],
    ['output-name', ['safety', 'a graph output that keeps its name', '`%`, which would lose it']],
    ['no-change', ['safety', 'another value in the place of the root', 'the same']],
    ['no-such-output', ['safety', 'an output % of the root', 'none']],
    ['emission-not-declared', ['safety', 'an operator that the rule declares', '%']],
  ]);

function refused(solution: Solution, { reason, about = '' }: Refusal): Attempted {
  const objection = objections.get(reason);
  if (!objection)
    return { outcome: 'declined', failed: ofRule(solution, reason, about === '' ? undefined : about) };
  const [outcome, expected, found] = objection;
  const failed = {
    reason,
    at: solution.node.label,
    expected: expected.replaceAll('%', about),
    found: found.replaceAll('%', about),
  };
  if (reason === 'outside-use') return outsideUse(solution, failed, about);
  if (outcome !== 'opset') return { outcome, failed };
  return ofOpset(solution, failed, about);
}

function outsideUse(solution: Solution, failed: FailedPart, about: string): Attempted {
  const inside = new Set(solution.nodes);
  const values = solution.nodes.flatMap((node) => node.outputs);
  const value = values.find((v): v is Value => v !== undefined && v.name === about && v !== solution.root);
  if (!value) return { outcome: 'safety', failed };
  const readers = readersOf(value, (node) => inside.has(node)).join(', ');
  return {
    outcome: 'safety',
    failed: { ...failed, found: `it is also read by ${readers}` },
    wouldMatchIf: `nothing else read \`${about}\``,
  };
}

function ofOpset(solution: Solution, failed: FailedPart, about: string): Attempted {
  const emission = missingEmission(solution.rule.rule.spec, solution, about);
  if (!emission) return { outcome: 'opset', failed };
  const { op, domain = '', since } = emission;
  const version = solution.node.graph?.opset(domain);
  const name = domain === '' ? 'opset' : `opset of ${domain}`;
  return {
    outcome: 'opset',
    failed: {
      ...failed,
      expected: `${name} ${since} or later, for ${op}`,
      found: version === undefined ? 'no import' : `${name} ${version}`,
    },
    wouldMatchIf: `the ${name} were ${since} or later`,
  };
}

function missingEmission(spec: RuleSpec<object>, { node }: Solution, about: string): Emission | undefined {
  return spec.emits?.find(({ op, domain = '', since }) => {
    const version = node.graph?.opset(domain);
    return (op === about || domain === about) && (version === undefined || version < since);
  });
}
