import type { Node, Value } from '@refold/ir';
import type { PatternData } from '@refold/matcher';
import { NoInstance } from '../no-instance.ts';
import type { Draft } from './draft.ts';
import { anyValue, capturedValue, constantOf } from './leaves.ts';
import { permutedOf, reshapedOf } from './movement.ts';
import { naryOf } from './nary.ts';
import { operatorOf } from './operators.ts';
import type { Building, Part } from './step.ts';

/** Builds a pattern into a draft; the value at its root. */
export function build(draft: Draft, pattern: PatternData): Value {
  const stack: Building[] = [built(draft, { pattern })];
  let value: Value | undefined;
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const next = top.next(value);
    if (next.done) {
      stack.pop();
      value = next.value;
    } else {
      stack.push(built(draft, next.value));
      value = undefined;
    }
  }
  if (!value) throw new NoInstance('a pattern without a value');
  return value;
}

/** A part that stands at several places is made once, or again in the same way. */
function* built(draft: Draft, part: Part): Building {
  const { pattern } = part;
  if (pattern.kind === 'hole') return draft.scope.hole;
  const { built: known } = draft.scope;
  const before = known.get(pattern);
  if (before) return draft.choices.below(3) === 2 ? again(draft, before.value, before.nodes) : before.value;
  const first = draft.nodes.length;
  const value = yield* kinds(draft, part);
  if (!value || pattern.kind === 'value' || pattern.kind === 'constant' || pattern.kind === 'any')
    return value;
  known.set(pattern, { value, nodes: draft.nodes.slice(first) });
  const handOn = pattern.kind === 'op' && draft.choices.below(8) === 7;
  return handOn ? draft.node('Identity', [value]) : value;
}

function again(draft: Draft, value: Value, nodes: readonly Node[]): Value {
  const copies = new Map<Value, Value | undefined>();
  for (const node of nodes) {
    const inputs = node.inputs.map((v) => (v && copies.has(v) ? copies.get(v) : v));
    const copy = draft.nodeN(
      node.opType,
      node.outputs.length,
      inputs,
      [...node.attributes.values()],
      node.domain,
    );
    node.outputs.forEach((v, i) => {
      if (v) copies.set(v, copy.outputs[i]);
    });
  }
  return copies.get(value) ?? value;
}

function* kinds(draft: Draft, part: Part): Building {
  const p = part.pattern;
  switch (p.kind) {
    case 'value':
      return capturedValue(draft, p, part);
    case 'any':
      return anyValue(draft, part);
    case 'absent':
      return undefined;
    case 'constant':
      return constantOf(draft, p, part);
    case 'op':
      return yield* operatorOf(draft, p, part);
    case 'named':
      return yield { ...part, pattern: p.of, op: operatorHint(draft, p.name) };
    case 'choice': {
      const taken = alternative(draft, p);
      return yield { ...part, pattern: taken };
    }
    case 'through':
      return yield* throughOf(draft, p, part);
    case 'sum':
    case 'product':
      return yield* naryOf(draft, p, part.want);
    case 'repeat':
      return yield* chainOf(draft, p, part);
    case 'permuted':
      return yield* permutedOf(draft, p, part.want);
    case 'reshaped':
      return yield* reshapedOf(draft, p, part.want);
    case 'roots':
      return yield* rootsOf(draft, p);
    default:
      throw new NoInstance(`a ${p.kind} in the place of a value`);
  }
}

type Kind<K extends PatternData['kind']> = Extract<PatternData, { readonly kind: K }>;

function alternative(draft: Draft, p: Kind<'choice'>): PatternData {
  const wanted = new Map(Object.entries(draft.hint.choices ?? {})).get(p.tag);
  const fit = p.alternatives.filter((a) => wanted === undefined || a.label === wanted);
  const taken = draft.choices.any(fit);
  if (!taken) throw new NoInstance(`${p.tag} has no alternative ${String(wanted)}`);
  return taken.of;
}

/** The operator that the hint chooses for a captured node. */
function operatorHint(draft: Draft, name: string): string | undefined {
  const wanted = new Map(Object.entries(draft.hint.choices ?? {})).get(name);
  return typeof wanted === 'string' ? wanted : undefined;
}

/** Operators that are skipped, and that need no parameters. */
const plain: ReadonlySet<string> = new Set(['Identity', 'Dropout', 'Relu', 'Neg', 'Abs']);

function* throughOf(draft: Draft, p: Kind<'through'>, part: Part): Building {
  let value = yield { ...part, pattern: p.of };
  const ops = p.ops.filter((name) => plain.has(name));
  const count = ops.length === 0 ? 0 : draft.choices.below(Math.min(p.max, 2) + 1);
  for (let i = 0; i < count; i += 1) value = draft.node(draft.choices.any(ops) ?? 'Identity', [value]);
  return value;
}

/** Nodes of a chain beyond those that it must have. */
const MORE_LINKS = 2;

function* chainOf(draft: Draft, p: Kind<'repeat'>, part: Part): Building {
  let value = yield { ...part, pattern: p.base };
  const count = Math.min(p.max, p.min + draft.choices.below(MORE_LINKS + 1));
  const names = new Set(p.captures);
  for (let i = 0; i < count; i += 1) {
    draft.enter(names, value);
    value = yield { ...part, pattern: p.body };
    draft.leave();
  }
  return value;
}

function* rootsOf(draft: Draft, p: Kind<'roots'>): Building {
  for (const root of p.roots) {
    const value = yield { pattern: root.of };
    if (!value) throw new NoInstance(`root ${root.name} has no value`);
    draft.roots.push(value);
  }
  return draft.roots[0];
}
