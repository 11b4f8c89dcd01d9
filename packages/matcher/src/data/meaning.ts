import { normalDomain, schemaOf, schemaVersions } from '@refold/ir';
import type { PatternData } from '../pattern/pattern.ts';
import type { Emission } from '../rewrite/rule.ts';
import { isRoots } from './canonical.ts';
import { dataError } from './data-error.ts';
import { arithmeticEmission, emissionOf } from './emission.ts';
import { functions } from './functions.ts';
import { guards } from './guards.ts';
import { namesOf, type PatternNames } from './names.ts';
import type { ExprJson, OpJson, PatternJson, RuleData } from './rule-data.ts';
import { toPattern } from './to-pattern.ts';
import { reserved } from './words.ts';

/** A rule whose names are all known. */
export interface CheckedRule {
  readonly pattern: PatternData;
  readonly names: PatternNames;
  /** What its emission may make. */
  readonly emits: readonly Emission[];
}

/** Checks what a form cannot say: that names are known, that operators exist, that all that is named is used. */
export function checkMeaning(rule: RuleData): CheckedRule {
  for (const p of patternsOf(rule)) checkOperators(p);
  const pattern = toPattern(rule);
  const names = namesOf(pattern);
  checkNames(rule, names);
  const expressions = new ExpressionChecker(rule, names);
  return { pattern, names, emits: expressions.check() };
}

function patternsOf(rule: RuleData): readonly PatternJson[] {
  const { match, defs = [] } = rule;
  const tops = isRoots(match) ? match.roots.map(([, p]) => p) : [match];
  return [...defs.map(([, p]) => p), ...tops];
}

/** The patterns inside a pattern. */
function innerOf(p: PatternJson): readonly PatternJson[] {
  if (typeof p !== 'object') return [];
  if ('op' in p) return p.in;
  if ('sum' in p) return p.sum;
  if ('product' in p) return p.product;
  if ('neg' in p) return [p.neg];
  if ('inv' in p) return [p.inv];
  if ('power' in p) return [p.power];
  if ('oneOf' in p) return p.oneOf;
  if ('repeat' in p) return [p.repeat, p.of];
  if ('list' in p) return p.each === undefined ? [] : [p.each];
  return 'of' in p ? [p.of] : [];
}

function checkOperators(root: PatternJson): void {
  const stack: PatternJson[] = [root];
  for (let p = stack.pop(); p !== undefined; p = stack.pop()) {
    if (typeof p === 'object' && 'op' in p) checkOperator(p);
    if (typeof p === 'object' && ('sum' in p || 'product' in p))
      for (const part of innerOf(p)) checkPart(part);
    if (typeof p === 'object' && 'through' in p) for (const op of p.through) checkOperator({ op, in: [] });
    stack.push(...innerOf(p));
  }
}

/** A sum has all of its terms, and a product all of its factors. */
function checkPart(p: PatternJson): void {
  if (typeof p !== 'object' || !('oneOf' in p)) return;
  if (p.oneOf.some((a) => typeof a === 'object' && 'absent' in a))
    throw dataError('a part of a sum or product may be absent; write (a + b | a) instead');
}

function checkOperator(p: OpJson): void {
  const domain = normalDomain(p.domain ?? '');
  for (const op of typeof p.op === 'string' ? [p.op] : p.op) {
    const versions = schemaVersions(domain, op);
    // Other domains may have operators that only their users know.
    if (versions.length === 0 && domain !== '') continue;
    if (versions.length === 0) throw dataError(`there is no operator ${op}`);
    for (const name of Object.keys(p.params ?? {})) {
      if (!versions.some((v) => hasParameter(domain, op, v, name)))
        throw dataError(`${op} has no parameter ${name}`);
    }
  }
}

/** Whether a version of an operator has an attribute or an input that can be a parameter of this name. */
function hasParameter(domain: string, op: string, version: number, name: string): boolean {
  const schema = schemaOf(domain, op, version);
  const own = [...(schema?.attributes.keys() ?? []), ...(schema?.inputs ?? []).map((i) => i.name)];
  return own.some((n) => bare(n) === bare(name));
}

/** `training_mode` and `trainingMode` are the same parameter. */
function bare(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function checkNames(rule: RuleData, { captures }: PatternNames): void {
  const defs = (rule.defs ?? []).map(([name]) => name);
  const lets = (rule.let ?? []).map(([name]) => name);
  for (const name of [...captures.keys(), ...defs, ...lets])
    if (reserved.has(name))
      throw dataError(`nothing can be named '${name}', which is a word of the language`);
  const seen = new Set<string>(captures.keys());
  for (const name of [...defs, ...lets]) {
    if (seen.has(name)) throw dataError(`${name} is the name of two things`);
    seen.add(name);
  }
  const used = new Set<string>();
  const stack = [...patternsOf(rule)];
  for (let p = stack.pop(); p !== undefined; p = stack.pop()) {
    if (typeof p === 'string') used.add(p);
    stack.push(...innerOf(p));
  }
  for (const name of defs) if (!used.has(name)) throw dataError(`the part ${name} is not used`);
}

/** What an expression is: made of constants and facts only, or of values of the graph, or a node's outputs. */
type Made = 'constant' | 'value' | 'outputs';

class ExpressionChecker {
  private readonly rule: RuleData;
  private readonly names: PatternNames;
  private readonly lets = new Map<string, Made>();
  private readonly used = new Set<string>();
  private readonly emits = new Map<string, Emission>();
  /** Whether nodes may be made where the checker stands. */
  private mayMake = true;

  constructor(rule: RuleData, names: PatternNames) {
    this.rule = rule;
    this.names = names;
  }

  check(): readonly Emission[] {
    const { let: lets = [], where = [], match, emit } = this.rule;
    for (const [name, e] of lets) this.lets.set(name, this.made(e));
    this.mayMake = false;
    for (const { guard, args } of where) {
      const known = guards.get(guard);
      if (!known) throw dataError(`there is no guard ${guard}`);
      checkArity(guard, known.arity, args.length);
      for (const arg of args) this.made(arg);
    }
    this.mayMake = true;
    this.checkEmission(match, emit);
    for (const [name] of lets) if (!this.used.has(name)) throw dataError(`${name} is not used`);
    return [...this.emits.values()];
  }

  private checkEmission(match: RuleData['match'], emit: RuleData['emit']): void {
    const isSeveral = typeof emit === 'object' && emit !== null && 'roots' in emit;
    if (isRoots(match) !== isSeveral) throw dataError('a pattern of several roots emits one value for each');
    if (!isSeveral) {
      this.checkResult(emit);
      return;
    }
    const wanted = isRoots(match) ? match.roots.map(([name]) => name) : [];
    const given = emit.roots.map(([name]) => name);
    if (new Set(wanted).size < wanted.length) throw dataError('two roots have the same name');
    if ([...wanted].sort().join() !== [...given].sort().join())
      throw dataError(`the roots are ${wanted.join(', ')}, but ${given.join(', ')} are emitted`);
    for (const [, e] of emit.roots) this.checkResult(e);
  }

  private checkResult(e: ExprJson): void {
    if (typeof e !== 'string' && (typeof e !== 'object' || e === null || 'text' in e || 'list' in e))
      throw dataError('what is emitted is not a value');
    if (this.made(e) === 'outputs')
      throw dataError('what is emitted are several outputs; say which, as in s.0');
  }

  /** Checks an expression, and says what it makes. */
  private made(e: ExprJson): Made {
    if (typeof e === 'string') return this.reference(e);
    if (typeof e !== 'object' || e === null || 'text' in e) return 'constant';
    if ('list' in e) {
      for (const item of e.list) this.made(item);
      return 'constant';
    }
    if ('index' in e) {
      if (this.made(e.index) !== 'constant') throw dataError('only constants can have more axes');
      return 'constant';
    }
    if ('output' in e) {
      if (this.reference(e.output) !== 'outputs') throw dataError(`${e.output} has one output only`);
      return 'value';
    }
    return 'fn' in e ? this.call(e.fn, e.args) : this.node(e);
  }

  private reference(name: string): Made {
    const made = this.lets.get(name);
    if (made !== undefined) {
      this.used.add(name);
      if (made !== 'constant' && !this.mayMake)
        throw dataError(`${name} makes nodes, which where cannot ask about`);
      return made;
    }
    const kind = this.names.captures.get(name);
    if (kind === undefined && !this.names.sizes.has(name)) throw dataError(`nothing is named ${name}`);
    if (kind === 'node') throw dataError(`${name} is a node, of which only the parameters can be taken over`);
    return kind === 'value' || kind === 'list' ? 'value' : 'constant';
  }

  private call(name: string, args: readonly ExprJson[]): Made {
    const fn = functions.get(name);
    if (!fn) throw dataError(`there is no function ${name}`);
    checkArity(name, fn.arity, args.length);
    const made = args.map((arg) => this.made(arg));
    if (made.includes('outputs')) throw dataError(`${name} takes one output; say which, as in s.0`);
    if (fn.isFact || !made.includes('value')) return 'constant';
    if (name === '??') return 'value';
    if (fn.op === undefined) throw dataError(`${name} is worked out of constants only`);
    if (!this.mayMake) throw dataError(`${name} of a value makes a node, which where cannot ask about`);
    this.emit(arithmeticEmission(fn.op));
    return 'value';
  }

  private node(e: Extract<ExprJson, { op: string }>): Made {
    if (!this.mayMake) throw dataError(`${e.op} is a node, which where cannot ask about`);
    if (e.carry !== undefined && this.names.captures.get(e.carry) !== 'node')
      throw dataError(`..${e.carry} takes over the parameters of a node, and no node has that name`);
    for (const x of e.in)
      if (this.made(x) === 'outputs') throw dataError(`${e.op} takes one output; say which, as in s.0`);
    for (const x of Object.values(e.params ?? {}))
      if (this.made(x) !== 'constant') throw dataError(`an attribute of ${e.op} is not a constant`);
    this.emit(emissionOf(e));
    return e.outputs === undefined ? 'value' : 'outputs';
  }

  private emit(made: Emission): void {
    const key = `${made.domain ?? ''}::${made.op}`;
    const before = this.emits.get(key);
    if (!before || before.since < made.since) this.emits.set(key, made);
  }
}

function checkArity(name: string, [least, most]: readonly [number, number], given: number): void {
  if (given >= least && given <= most) return;
  const wanted = least === most ? String(least) : `${least} to ${most}`;
  throw dataError(`${name} takes ${wanted} arguments, not ${given}`);
}
