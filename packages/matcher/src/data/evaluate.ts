import { type DType, dtypeCode, dtypes, Node, normalDomain, SymDim, schemaOf, Value } from '@refold/ir';
import { ConstRef } from '../canonical/const-ref.ts';
import type { AttributeValue } from '../rewrite/attributes.ts';
import type { Builder } from '../rewrite/builder.ts';
import type { Query } from '../rewrite/query.ts';
import { Refusal } from '../rewrite/verdict.ts';
import { Folded } from './folded.ts';
import { folded, functions } from './functions.ts';
import { guards, opposite } from './guards.ts';
import { isList, numberOf, type Operand, wholeNumbers } from './operand.ts';
import { neededBy } from './references.ts';
import type { CondJson, EmitJson, ExprJson, RuleData } from './rule-data.ts';

/** A match may work out so many elements, and so many for each element of the constants that it has captured. */
const FREE_ELEMENTS = 1 << 20;
const ELEMENTS_PER_ELEMENT = 64;

/** Works out the expressions of a rule for one match. Refuses with a code what cannot be computed. */
export class Evaluator {
  private readonly rule: RuleData;
  private readonly match: object;
  private readonly query: Query;
  /** Absent while guards are asked, which make nothing. */
  private readonly builder: Builder | undefined;
  private readonly lets = new Map<string, Operand>();
  private readonly expressions: ReadonlyMap<string, ExprJson>;
  /** How many elements may still be computed. */
  private budget = FREE_ELEMENTS;

  constructor(rule: RuleData, match: object, query: Query, builder?: Builder) {
    this.rule = rule;
    this.match = match;
    this.query = query;
    this.builder = builder;
    this.expressions = new Map(rule.let ?? []);
    for (const captured of Object.values(match))
      if (captured instanceof ConstRef) this.budget += ELEMENTS_PER_ELEMENT * captured.size;
  }

  /** The code of the first condition that is not proved. */
  objection(): string | undefined {
    for (const condition of this.rule.where ?? []) {
      const reason = this.objectionOf(condition);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  private objectionOf({ guard: name, args, not, reason }: CondJson): string | undefined {
    const guard = guards.get(name);
    if (!guard) return 'no-such-guard';
    const answer = guard.ask(
      args.map((arg) => this.eval(arg)),
      this.query,
    );
    const holds = (not ? opposite(answer) : answer) === 'yes';
    return holds ? undefined : (reason ?? (not ? negated(guard.reason) : guard.reason));
  }

  /** The value that takes the place of a root. */
  emit(e: ExprJson): Value {
    const value = this.asInput(this.eval(e), e, () => undefined);
    if (!value) throw new Refusal('not-given');
    return value;
  }

  private eval(e: ExprJson): Operand {
    if (typeof e === 'string') return this.reference(e);
    if (e === null) return undefined;
    if (typeof e !== 'object') return e;
    if ('text' in e) return e.text;
    if ('list' in e) return this.list(e.list);
    if ('index' in e) return folded(this.eval(e.index)).withAxes(e.axes);
    if ('output' in e) {
      const outputs = this.reference(e.output);
      const found = isList(outputs) ? outputs[e.at] : undefined;
      if (found === undefined) throw new Refusal('no-such-output');
      return found;
    }
    return 'fn' in e ? this.call(e.fn, e.args) : this.node(e);
  }

  private list(items: readonly ExprJson[]): readonly Operand[] {
    const operands = items.map((item) => this.eval(item));
    if (operands.some(isList)) throw new Refusal('list-of-lists');
    return operands;
  }

  private reference(name: string): Operand {
    if (!this.expressions.has(name)) return this.capture(name);
    if (this.lets.has(name)) return this.lets.get(name);
    // In their order, so that a long chain of them costs no stack.
    for (const needed of neededBy(name, this.expressions)) {
      const e = this.expressions.get(needed);
      if (e !== undefined && !this.lets.has(needed)) this.lets.set(needed, this.eval(e));
    }
    return this.lets.get(name);
  }

  private capture(name: string): Operand {
    if (!Object.hasOwn(this.match, name)) return this.query.dim(name);
    const captured: unknown = Reflect.get(this.match, name);
    return operandOf(captured);
  }

  private call(name: string, args: readonly ExprJson[]): Operand {
    const fn = functions.get(name);
    if (!fn) throw new Refusal('no-such-function', name);
    const operands = args.map((arg) => this.eval(arg));
    if (fn.op === undefined || !operands.some((x) => x instanceof Value))
      return this.paid(fn.apply(operands, this.query));
    return this.make({ op: fn.op, in: args }, operands)[0];
  }

  /** What was computed, which the rule must be able to afford. */
  private paid(result: Operand): Operand {
    if (result instanceof Folded) this.budget -= result.values.length;
    if (this.budget < 0) throw new Refusal('fold-too-large');
    return result;
  }

  private node(e: EmitJson): Operand {
    const made = this.make(
      e,
      e.in.map((x) => this.eval(x)),
    );
    return e.outputs === undefined ? made[0] : made;
  }

  private make(e: EmitJson, operands: readonly Operand[]): readonly Value[] {
    const { builder, query } = this;
    if (!builder) throw new Refusal('no-constant');
    const domain = normalDomain(e.domain ?? '');
    const schema = schemaOf(domain, e.op, query.graph.opset(domain) ?? 0);
    const formalOf = (i: number): string | undefined =>
      schema?.inputs[Math.min(i, schema.inputs.length - 1)]?.type;
    const dtypeFor = (i: number): DType | undefined => {
      const type = formalOf(i);
      const fixed = type === undefined ? undefined : dtypeNamed(type);
      if (fixed !== undefined) return fixed;
      const partner = operands.find((x, j) => formalOf(j) === type && dtypeOf(x, query) !== undefined);
      return dtypeOf(partner, query);
    };
    const inputs = operands.flatMap((x, i): readonly (Value | undefined)[] => {
      if (isList(x) && x.length > 0 && x.every((v) => v instanceof Value)) return x;
      return [this.asInput(x, e.in[i] ?? null, () => dtypeFor(i))];
    });
    const params = new Map<string, AttributeValue>();
    if (e.carry !== undefined) {
      const from = this.capture(e.carry);
      if (from instanceof Node) for (const [name, attribute] of from.attributes) params.set(name, attribute);
    }
    for (const [name, x] of Object.entries(e.params ?? {})) {
      const value = attributeOf(this.eval(x), schema?.attributes.get(name)?.type);
      if (value === undefined) params.delete(name);
      else params.set(name, value);
    }
    return builder.nodeN(e.op, e.outputs ?? 1, inputs, Object.fromEntries(params), { domain });
  }

  /** An operand as an input of a node: what is not a value becomes a constant. */
  private asInput(x: Operand, e: ExprJson, dtype: () => DType | undefined): Value | undefined {
    if (x === undefined || x instanceof Value) return x;
    if (x instanceof ConstRef && x.value) return x.value;
    if (!this.builder) throw new Refusal('no-value');
    if (x instanceof ConstRef) return this.builder.constant(x.tensor);
    if (x instanceof Folded) return this.builder.constant(x.tensor(), this.hintFor(e));
    const type = dtype();
    if (type === undefined) throw new Refusal('dtype-unknown');
    const data = isList(x) ? x.map(numberOf) : numberOf(x);
    return this.builder.constant(data, type);
  }

  /** The name of a constant that a new one is made of. */
  private hintFor(e: ExprJson): string | undefined {
    const stack: ExprJson[] = [e];
    const seen = new Set<string>();
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (typeof at === 'string') {
        const named = this.expressions.get(at);
        if (named !== undefined && !seen.has(at)) stack.push(named);
        seen.add(at);
        const captured = named === undefined ? this.capture(at) : undefined;
        if (captured instanceof ConstRef) return captured.value?.name;
      } else if (typeof at === 'object' && at !== null) {
        if ('fn' in at) stack.push(...at.args.toReversed());
        else if ('index' in at) stack.push(at.index);
      }
    }
    return undefined;
  }
}

/** The code of the opposite of a guard. */
function negated(reason: string): string {
  return reason.startsWith('not-') ? reason.slice('not-'.length) : `not-${reason}`;
}

/** What a capture holds, as an operand. */
function operandOf(captured: unknown): Operand {
  if (typeof captured === 'bigint') return Number(captured);
  if (Array.isArray(captured)) return captured.map(operandOf);
  if (typeof captured === 'number' || typeof captured === 'boolean' || typeof captured === 'string')
    return captured;
  const isKnown = captured instanceof Value || captured instanceof ConstRef || captured instanceof Node;
  return isKnown || captured instanceof SymDim ? captured : undefined;
}

function dtypeOf(x: Operand, q: Query): DType | undefined {
  if (x instanceof ConstRef || x instanceof Folded) return x.dtype;
  return x instanceof Value ? q.dtype(x) : undefined;
}

/** The dtype in a schema's `tensor(...)`, if it is one. */
function dtypeNamed(type: string): DType | undefined {
  const name = /^tensor\((\w+)\)$/.exec(type)?.[1];
  const dtype = name === 'float' ? 'float32' : name === 'double' ? 'float64' : name;
  return dtypes.find((d) => d === dtype);
}

/** An operand as an attribute of a type; undefined when it is not given. */
function attributeOf(x: Operand, type: string | undefined): AttributeValue | undefined {
  if (x === undefined) return undefined;
  if (type === 'int' && typeof x === 'string') {
    const dtype = dtypes.find((d) => d === x);
    if (dtype !== undefined) return dtypeCode(dtype);
  }
  if (typeof x === 'string' || typeof x === 'boolean') return x;
  if (type === 'ints') return wholeNumbers(x);
  if (isList(x) && x.every((item) => typeof item === 'string')) return x;
  return isList(x) ? x.map(numberOf) : numberOf(x);
}
