import type { Node, ParamValue, Value } from '@refold/ir';
import { meansItsName, schemaAt } from '../canonical/meaning.ts';
import { paramsOf, testParam } from '../canonical/params.ts';
import type { Search } from '../match/search.ts';
import type { OpPattern } from '../pattern/pattern.ts';
import type { ParamTest } from '../pattern/value-tests.ts';
import { diagnoseTest } from './diagnose-value.ts';
import { type Finding, nearness } from './finding.ts';
import { opNames, paramText } from './pattern-text.ts';
import { describeNode, describeValue } from './place.ts';

/** The first thing about a value and its node that a pattern of an operator does not want. */
export function diagnoseOp(pattern: OpPattern, value: Value, search: Search): Finding {
  const node = value.producer;
  const wanted = opNames(pattern);
  if (!node || node.graph !== search.graph) {
    const found = node ? `${describeNode(node)} in an outer graph` : describeValue(value);
    return { reason: 'no-node', expected: wanted, found, at: value, nearness: nearness.noNode };
  }
  if (node.domain !== pattern.domain || !pattern.ops.includes(node.opType))
    return otherOp(pattern, value, node);
  return (
    diagnoseNode(pattern, value, node) ??
    diagnoseFacts(pattern, value, search) ??
    diagnoseParams(pattern, node, search) ??
    diagnoseInputs(pattern, node)
  );
}

function otherOp(pattern: OpPattern, value: Value, node: Node): Finding {
  const ops = [...pattern.ops, node.opType];
  const mend =
    node.domain === pattern.domain
      ? { pattern: { ...pattern, ops }, clause: `${node.label} were ${opNames(pattern)}` }
      : undefined;
  return {
    reason: 'op',
    expected: opNames(pattern),
    found: describeValue(value),
    nearness: nearness.otherOp,
    mend,
  };
}

/** What is odd about a node of the right operator. */
function diagnoseNode({ output, since }: OpPattern, value: Value, node: Node): Finding | undefined {
  const near = { nearness: nearness.operands };
  if (value.index !== output) {
    return {
      reason: 'output',
      expected: `output ${output} of ${node.op}`,
      found: `output ${value.index} (node ${node.label})`,
      ...near,
    };
  }
  if (!meansItsName(node)) {
    const expected = `${node.op} with the meaning that it has by its name`;
    return { reason: 'meaning', expected, found: `${describeNode(node)}, ${otherMeaning(node)}`, ...near };
  }
  const version = schemaAt(node)?.since;
  const { min = 0, max = Number.POSITIVE_INFINITY } = since;
  if ((since.min ?? since.max) === undefined || (version !== undefined && version >= min && version <= max))
    return undefined;
  const range = [since.min && `from ${since.min}`, since.max && `up to ${since.max}`]
    .filter(Boolean)
    .join(' ');
  return {
    reason: 'version',
    expected: `${node.op} of version ${range}`,
    found: `version ${version ?? 'unknown'} (node ${node.label})`,
    ...near,
  };
}

function otherMeaning(node: Node): string {
  if (node.graph?.model.functionOf(node)) return 'which calls a function of the model';
  return node.graph?.inFunction
    ? 'an attribute of which is one of the calling function'
    : 'which before opset 13 flattens to two dimensions';
}

function diagnoseFacts(pattern: OpPattern, value: Value, search: Search): Finding | undefined {
  const failed = diagnoseTest(value, pattern.test, search.bindings);
  return (
    failed && {
      ...failed.finding,
      mend: { pattern: { ...pattern, test: failed.rest }, clause: failed.clause },
    }
  );
}

function diagnoseParams(pattern: OpPattern, node: Node, search: Search): Finding | undefined {
  if (pattern.params.size === 0) return undefined;
  const view = paramsOf(node);
  for (const [name, test] of pattern.params) {
    const answer = view ? testParam(node, view, name, test) : { holds: false };
    if (answer.holds && !isAtOdds(answer.capture, search)) continue;
    const actual = view && Object.hasOwn(view, name) ? view[name] : undefined;
    const before = answer.capture && search.bindings.capture(answer.capture.name);
    const wanted = answer.capture ? `${show(before)}, as elsewhere` : wantedText(test);
    return {
      reason: answer.capture ? 'parameter-differs' : 'parameter',
      expected: `${name} = ${wanted}`,
      found: `${name} = ${show(actual)} (${node.op}, node ${node.label})`,
      nearness: nearness.parameter,
      mend: answer.capture ? undefined : withoutTest(pattern, node, name, test),
    };
  }
  return undefined;
}

/** Whether a captured parameter is not what the same name has captured elsewhere. */
function isAtOdds(
  capture: { readonly name: string; readonly value: ParamValue } | undefined,
  search: Search,
): boolean {
  if (!capture || !search.bindings.hasCapture(capture.name)) return false;
  return show(search.bindings.capture(capture.name)) !== show(capture.value);
}

function withoutTest(pattern: OpPattern, node: Node, name: string, test: ParamTest): Finding['mend'] {
  const params = new Map(pattern.params);
  if (typeof test === 'object' && 'capture' in test && test.capture !== undefined)
    params.set(name, { capture: test.capture });
  else params.delete(name);
  return { pattern: { ...pattern, params }, clause: `${node.label} had ${name} = ${wantedText(test)}` };
}

function wantedText(test: ParamTest): string {
  if (typeof test === 'object' && 'axes' in test) return axesTexts[test.axes];
  return typeof test === 'boolean' ? String(Number(test)) : paramText(test);
}

const axesTexts = {
  last: 'the last axis',
  trailing: 'the last axes, without a gap',
  spatial: 'all axes from 2 on',
  all: 'all axes',
  channel: 'axis 1',
} as const;

function show(value: unknown): string {
  if (value === undefined) return 'unknown';
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}

function diagnoseInputs({ inputs, commute }: OpPattern, node: Node): Finding {
  const last = inputs.at(-1);
  const count = node.inputs.filter((o) => o !== undefined).length;
  const fixed = last?.kind === 'list' ? inputs.length - 1 : inputs.length;
  const most = last?.kind === 'list' ? fixed + last.max : fixed;
  const least = last?.kind === 'list' ? fixed + last.min : commute ? fixed : 0;
  const range =
    most === least
      ? `${least}`
      : most === Number.POSITIVE_INFINITY
        ? `at least ${least}`
        : `${least} to ${most}`;
  return {
    reason: 'input-count',
    expected: `${least === 0 ? `at most ${most}` : range} inputs`,
    found: `${count} (${node.op}, node ${node.label})`,
    nearness: nearness.operands,
  };
}
