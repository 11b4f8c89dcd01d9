import type { Value } from '@refold/ir';
import { agree } from '../canonical/agree.ts';
import { behindAliases } from '../canonical/alias.ts';
import { congruent } from '../canonical/congruent.ts';
import { ConstRef } from '../canonical/const-ref.ts';
import type { Assignment } from '../match/nary.ts';
import { keyIn, type MatchGoal, type Search } from '../match/search.ts';
import type { PatternData } from '../pattern/pattern.ts';
import { diagnoseConstant } from './diagnose-constant.ts';
import { diagnoseMovement } from './diagnose-movement.ts';
import { diagnoseNary } from './diagnose-nary.ts';
import { diagnoseOp } from './diagnose-op.ts';
import { diagnoseTest } from './diagnose-value.ts';
import { type Finding, nearness } from './finding.ts';
import { patternText } from './pattern-text.ts';
import { describeValue } from './place.ts';

/** Why a pattern does not match where the search has just tried it. */
export function diagnose(goal: MatchGoal, search: Search, detail?: Assignment): Finding {
  const { pattern } = goal;
  if (!goal.value) return missing(goal);
  const value = seenBy(pattern, goal.value);
  if (pattern.kind === 'absent') {
    return {
      reason: 'input-given',
      expected: 'no input',
      found: describeValue(value),
      nearness: nearness.fact,
    };
  }
  const before = search.bindings.sharedValue(pattern, goal.scope?.key ?? '');
  if (before && before !== value && !congruent(before, value)) return atOdds(pattern, before, value);
  switch (pattern.kind) {
    case 'value': {
      const failed = diagnoseTest(value, pattern.test, search.bindings);
      if (!failed) break;
      const mend = { pattern: { ...pattern, test: failed.rest }, clause: failed.clause };
      return { ...failed.finding, mend };
    }
    case 'constant': {
      const found = diagnoseConstant(pattern, value, goal.user, search.bindings);
      if (!found) break;
      return found;
    }
    case 'op':
      return diagnoseOp(pattern, value, search);
    case 'sum':
    case 'product':
      return diagnoseNary(pattern, value, search, detail);
    case 'permuted':
    case 'reshaped':
      return diagnoseMovement(pattern, value);
    default:
  }
  return otherCapture(goal, value, search);
}

/** The value that a pattern which asks for a node is tried at. */
function seenBy(pattern: PatternData, value: Value): Value {
  if (pattern.kind === 'op') {
    const node = value.producer;
    return node && pattern.ops.includes(node.opType) ? value : behindAliases(value);
  }
  return pattern.kind === 'sum' || pattern.kind === 'product' ? behindAliases(value) : value;
}

function missing({ pattern, user }: MatchGoal): Finding {
  const expected = patternText(pattern);
  if (!user) {
    const found = 'no such value above those that are matched';
    return { reason: 'no-other-root', expected, found, nearness: nearness.operands };
  }
  const found = `no such input of ${user.op} (node ${user.label})`;
  return { reason: 'no-input', expected, found, nearness: nearness.operands };
}

function atOdds(pattern: PatternData, before: Value, value: Value): Finding {
  const expected = `the same ${patternText(pattern)} as elsewhere, \`${before.name}\``;
  return { reason: 'not-the-same', expected, found: `\`${value.name}\``, nearness: nearness.conflict };
}

/** What one name has captured twice is not the same. */
function otherCapture({ pattern, scope }: MatchGoal, value: Value, search: Search): Finding {
  const name = pattern.kind === 'value' || pattern.kind === 'constant' ? pattern.name : undefined;
  const key = name === undefined ? undefined : keyIn(name, scope);
  const before = key === undefined ? undefined : search.bindings.capture(key);
  const given = before instanceof ConstRef ? ConstRef.of(value) : value;
  if (name === undefined || before === undefined || (given && agree(before, given))) {
    return {
      reason: 'not-matched',
      expected: patternText(pattern),
      found: describeValue(value),
      nearness: nearness.nothing,
    };
  }
  const first = before instanceof ConstRef ? before.value : before;
  const other = typeof first === 'object' && 'name' in first ? ` \`${first.name}\`` : '';
  const expected = `the same \`${name}\` as elsewhere${other === '' ? '' : `,${other}`}`;
  return { reason: 'not-the-same', expected, found: describeValue(value), nearness: nearness.conflict };
}
