import { isInteger, type Node, schemaOf, schemaVersions, type Value } from '@refold/ir';
import { schemaAt } from '../canonical/meaning.ts';
import type { ParamTestJson, PatternJson } from '../data/rule-data.ts';
import { attributeBehind, literalTensor, numberPattern, numbersOf } from './literal.ts';
import { underivable } from './underivable.ts';

/** What a region is made into a pattern with. */
export interface RegionOptions {
  /** The capture that a value from outside of the region becomes. */
  leaf(value: Value): PatternJson | undefined;
  /** Whether sums and products match in any order and bracketing. */
  readonly nary: boolean;
}

/** A region of a graph as a pattern, with a name for each value that is read several times. */
export interface RegionPattern {
  readonly defs: readonly (readonly [string, PatternJson])[];
  readonly roots: readonly PatternJson[];
  /** Attributes of the call that parameters of nodes capture, and those that constants carry. */
  readonly captured: ReadonlySet<string>;
  readonly carried: ReadonlySet<string>;
}

/** The pattern of what makes `roots` out of leaves and constants. `nodes` are those of the region, in order. */
export function regionPattern(
  nodes: readonly Node[],
  roots: readonly Value[],
  options: RegionOptions,
): RegionPattern {
  return new RegionWriter(nodes, options).write(roots);
}

class RegionWriter {
  private readonly options: RegionOptions;
  private readonly nodes: readonly Node[];
  private readonly inside: ReadonlySet<Node>;
  private readonly written = new Map<Value, PatternJson>();
  private readonly defs: (readonly [string, PatternJson])[] = [];
  private readonly captured = new Set<string>();
  private readonly carried = new Set<string>();

  constructor(nodes: readonly Node[], options: RegionOptions) {
    this.nodes = nodes;
    this.inside = new Set(nodes);
    this.options = options;
  }

  write(roots: readonly Value[]): RegionPattern {
    for (const node of this.nodes) {
      if (node.is('Constant') || node.is('CastLike')) continue;
      node.outputs.forEach((value, i) => {
        if (value && value.useCount > 0) this.writeValue(node, value, i, roots.includes(value));
      });
    }
    return {
      defs: this.defs,
      roots: roots.map((root) => this.operand(root, undefined)),
      captured: this.captured,
      carried: this.carried,
    };
  }

  private writeValue(node: Node, value: Value, output: number, isRoot: boolean): void {
    if (node.is('Identity')) {
      const [source] = node.inputs;
      if (source) this.written.set(value, this.operand(source, node));
      return;
    }
    const pattern = this.operator(node, output);
    const readers = [...value.users()].filter((user) => this.inside.has(user)).length;
    if (readers + (isRoot ? 1 : 0) < 2) {
      this.written.set(value, pattern);
      return;
    }
    const name = `part${this.defs.length + 1}`;
    this.defs.push([name, pattern]);
    this.written.set(value, name);
  }

  /** What a node reads: another node's pattern, a capture, a number, or a constant that an attribute gave. */
  private operand(value: Value, user: Node | undefined): PatternJson {
    const known = this.written.get(value) ?? this.options.leaf(value);
    if (known !== undefined) return known;
    const attribute = attributeBehind(value);
    if (attribute !== undefined) {
      this.carried.add(attribute);
      return { constant: attribute, test: { splat: true } };
    }
    const tensor = literalTensor(value);
    const pattern = tensor && numberPattern(tensor);
    if (pattern !== undefined) return pattern;
    const cast = value.producer;
    if (cast?.is('CastLike') && this.inside.has(cast)) {
      const operands = cast.inputs.map((v) => (v ? this.operand(v, cast) : ({ absent: true } as const)));
      return { op: 'CastLike', in: operands };
    }
    throw underivable(`${value.name} is neither an input nor a number`, user);
  }

  private operator(node: Node, output: number): PatternJson {
    if (node.graphs.length > 0) throw underivable('it has a nested graph', node);
    const arithmetic = output === 0 ? this.arithmetic(node) : undefined;
    if (arithmetic !== undefined) return arithmetic;
    const params = new Map<string, ParamTestJson>(this.attributes(node));
    const operands: PatternJson[] = [];
    node.inputs.forEach((value, i) => {
      const list = value && this.parameter(node, value, i);
      if (list) params.set(list[0], list[1]);
      else operands.push(value ? this.operand(value, node) : { absent: true });
    });
    while (isAbsent(operands.at(-1))) operands.pop();
    return {
      op: node.opType,
      in: operands,
      ...(node.domain === '' ? {} : { domain: node.domain }),
      ...(params.size === 0 ? {} : { params: Object.fromEntries(params) }),
      ...(output === 0 ? {} : { output }),
    };
  }

  /** Sums and products, for numbers that are not integers: divisions of those truncate. */
  private arithmetic(node: Node): PatternJson | undefined {
    const type = node.outputs[0]?.type;
    if (!this.options.nary || node.domain !== '' || (type?.kind === 'tensor' && isInteger(type.dtype)))
      return undefined;
    const [a, b] = node.inputs.map((value) => value && this.operand(value, node));
    if (a === undefined) return undefined;
    if (node.opType === 'Neg') return { neg: a };
    if (node.opType === 'Reciprocal') return { inv: a };
    if (b === undefined || node.inputs.length !== 2) return undefined;
    switch (node.opType) {
      case 'Add':
        return { sum: [a, b] };
      case 'Sub':
        return { sum: [a, { neg: b }] };
      case 'Mul':
        return { product: [a, b] };
      case 'Div':
        return { product: [a, { inv: b }] };
      case 'Pow':
        return typeof b === 'number' ? { power: a, by: b } : undefined;
      default:
        return undefined;
    }
  }

  private *attributes(node: Node): Generator<readonly [string, ParamTestJson]> {
    const schema = schemaAt(node);
    for (const [name, { default: fallback }] of schema?.attributes ?? []) {
      const written = node.attributes.get(name);
      if (written?.type === 'reference') {
        this.captured.add(written.value);
        yield [name, { capture: written.value }];
        continue;
      }
      const literal = literalOf(written ? written.value : fallback);
      if (literal !== undefined) yield [name, literal];
      else if (written)
        throw underivable(`attribute ${name} is neither a number, a text nor a list of numbers`, node);
    }
    const reducesAll = node.opType.startsWith('Reduce') && !node.attributes.has('axes') && !node.inputs[1];
    if (node.domain === '' && reducesAll) yield ['axes', { axes: 'all' }];
  }

  /** An input that other versions of the operator have as an attribute, when it is a list of known numbers. */
  private parameter(node: Node, value: Value, index: number): readonly [string, ParamTestJson] | undefined {
    const name = schemaAt(node)?.inputs[index]?.name;
    if (name === undefined || this.written.has(value) || this.options.leaf(value) !== undefined)
      return undefined;
    const wasAttribute = schemaVersions(node.domain, node.opType).some((version) =>
      schemaOf(node.domain, node.opType, version)?.attributes.has(name),
    );
    const tensor = wasAttribute ? literalTensor(value) : undefined;
    const numbers = tensor && isInteger(tensor.dtype) ? numbersOf(tensor) : undefined;
    const [first] = numbers ?? [];
    if (!numbers || !tensor) return undefined;
    return [name, tensor.rank === 0 && first !== undefined ? first : numbers];
  }
}

function isAbsent(p: PatternJson | undefined): boolean {
  return typeof p === 'object' && 'absent' in p;
}

/** An attribute as a test asks for it. */
function literalOf(value: unknown): number | string | readonly number[] | undefined {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number(value);
  if (!Array.isArray(value)) return undefined;
  const numbers: number[] = [];
  for (const x of value) {
    if (typeof x !== 'number' && typeof x !== 'bigint') return undefined;
    numbers.push(Number(x));
  }
  return numbers;
}
