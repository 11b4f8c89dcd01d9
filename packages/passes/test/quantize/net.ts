import { Editor, inferModel, type Model } from '@refold/ir';
import { type Feeds, fromReals, type NdValue } from '@refold/runtime';
import fc from 'fast-check';
import { constant, model } from '../support.ts';

/** A value of a net: its name and its shape, [1, channels, height, width]. */
interface Held {
  readonly name: string;
  readonly dims: readonly [number, number, number, number];
}

/** One node: what to do, to which of the values so far, and how large weights are. */
interface Step {
  readonly kind: Kind;
  readonly a: number;
  readonly b: number;
  /** Logarithm of the size of constants. */
  readonly size: number;
  readonly seed: number;
}

const kinds = [
  ...['conv', 'conv', 'relu', 'concat', 'concat', 'twice', 'constant', 'add', 'maxpool', 'averagepool'],
  ...['transpose', 'slice', 'reshape', 'clip', 'loop', 'sigmoid'],
] as const;
type Kind = (typeof kinds)[number];

/** A net as text, with what tests want to know of it. */
export interface Net {
  /** The nodes, each with the names that it reads and the one that it makes. */
  readonly nodes: readonly {
    readonly text: string;
    readonly reads: readonly string[];
    readonly makes: string;
  }[];
  readonly head: string;
  readonly constants: readonly string[];
  readonly inputs: readonly Held[];
  readonly reach: number;
}

/** Doubles would be drawn by their bits: nearly all close to 0. */
const exponent = fc.integer({ min: -200, max: 200 }).map((e) => e / 100);

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom<Kind>(...kinds),
  a: fc.nat({ max: 31 }),
  b: fc.nat({ max: 31 }),
  size: exponent,
  seed: fc.integer({ min: 1, max: 1e6 }),
});

/**
 * Random nets of layers, joins (nested, overlapping, of one value with itself, with constants), pools, movements and
 * at most one loop, with inputs that several nodes read, results that nobody reads, and outputs amid classes. Ranges
 * of inputs and weights differ by powers of ten.
 */
export const nets: fc.Arbitrary<Net> = fc
  .tuple(fc.array(step, { minLength: 2, maxLength: 12 }), exponent, fc.nat())
  .map(([list, reach, outputs]) => netOf(list, 10 ** reach, outputs));

function numbers(seed: number, count: number, size: number): readonly number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround((state / 2 ** 31 - 1) * size);
  });
}

/** What a step sees: the value that it reads, others that fit, and how to say what it makes. */
interface Site {
  readonly v: Held;
  /** Values of the same height and width, and of the same shape, as the second choice of the step has them. */
  readonly like: Held;
  readonly twin: Held;
  readonly step: Step;
  readonly id: number;
  /** Declares a constant. */
  declare(text: string): void;
  add(text: string, reads: readonly Held[], dims: Held['dims']): void;
}

/** More channels than this do not make a net any more telling. */
const MOST_CHANNELS = 12;

/** A node of one operand that keeps the shape. */
const unary =
  (text: (v: string) => string) =>
  ({ v, add }: Site): void =>
    add(text(v.name), [v], v.dims);

const pool =
  (op: string) =>
  ({ v, add }: Site): void => {
    const [, c, h, w] = v.dims;
    if (h >= 2 && w >= 2) add(`${op} <kernel_shape = [2, 2]> (${v.name})`, [v], [1, c, h - 1, w - 1]);
  };

const join =
  (axis: number, otherOf: (site: Site) => Held) =>
  (site: Site): void => {
    const { v, add } = site;
    const other = otherOf(site);
    const [, c, h, w] = v.dims;
    const channels = c + other.dims[1];
    if (channels <= MOST_CHANNELS)
      add(`Concat <axis = ${axis}> (${v.name}, ${other.name})`, [v, other], [1, channels, h, w]);
  };

const steps: Readonly<Record<Kind, (site: Site) => void>> = {
  conv({ v, step: { b, seed, size }, id, declare, add }) {
    const [, c, h, w] = v.dims;
    const outputs = 1 + (b % 3);
    declare(constant(`w${id}`, [outputs, c, 1, 1], numbers(seed, outputs * c, 10 ** size)));
    declare(constant(`b${id}`, [outputs], numbers(seed + 1, outputs, 10 ** size)));
    add(`Conv (${v.name}, w${id}, b${id})`, [v], [1, outputs, h, w]);
  },
  relu: unary((v) => `Relu (${v})`),
  sigmoid: unary((v) => `Sigmoid (${v})`),
  concat: join(1, ({ like }) => like),
  twice: join(-3, ({ v }) => v),
  constant({ v, step: { seed, size }, id, declare, add }) {
    const [, c, h, w] = v.dims;
    declare(constant(`k${id}`, [1, 1, h, w], numbers(seed, h * w, 10 ** size)));
    add(`Concat <axis = 1> (k${id}, ${v.name})`, [v], [1, c + 1, h, w]);
  },
  add: ({ v, twin, add }) => add(`Add (${v.name}, ${twin.name})`, [v, twin], v.dims),
  maxpool: pool('MaxPool'),
  averagepool: pool('AveragePool'),
  transpose({ v, add }) {
    const [, c, h, w] = v.dims;
    add(`Transpose <perm = [0, 1, 3, 2]> (${v.name})`, [v], [1, c, w, h]);
  },
  slice({ v, add }) {
    const [, , h, w] = v.dims;
    add(`Slice (${v.name}, zero, one, one)`, [v], [1, 1, h, w]);
  },
  reshape({ v, id, declare, add }) {
    const [, c, h, w] = v.dims;
    declare(`int64[4] s${id} = {1, ${c}, ${w}, ${h}}`);
    add(`Reshape (${v.name}, s${id})`, [v], [1, c, w, h]);
  },
  clip({ v, step: { size }, id, declare, add }) {
    declare(constant(`m${id}`, [], [10 ** size]));
    add(`Clip (${v.name}, , m${id})`, [v], v.dims);
  },
  loop({ v, add }) {
    const type = `float[${v.dims}]`;
    const body = `body (int64 i, bool c, ${type} s) => (bool d, ${type} t) { d = Identity (c) t = Max (s, s) }`;
    add(`Loop <body = ${body}> (two, go, ${v.name})`, [v], v.dims);
  },
};

function netOf(list: readonly Step[], reach: number, wanted: number): Net {
  const inputs: readonly Held[] = [
    { name: 'x', dims: [1, 2, 4, 4] },
    { name: 'z', dims: [1, 3, 4, 4] },
  ];
  const held: Held[] = [...inputs];
  const nodes: { text: string; reads: readonly string[]; makes: string }[] = [];
  const constants: string[] = [];
  const firstLoop = list.findIndex(({ kind }) => kind === 'loop');
  for (const [id, step] of list.entries()) {
    const v = held[step.a % held.length];
    if (!v || (step.kind === 'loop' && id !== firstLoop)) continue;
    const choose = (fits: (o: Held) => boolean): Held => {
      const fitting = held.filter(fits);
      return fitting[step.b % fitting.length] ?? v;
    };
    steps[step.kind]({
      v,
      like: choose((o) => o.dims[2] === v.dims[2] && o.dims[3] === v.dims[3]),
      twin: choose((o) => o.dims.join() === v.dims.join()),
      step,
      id,
      declare: (text) => constants.push(text),
      add(text, reads, dims) {
        const name = `v${id}`;
        nodes.push({ text: `${name} = ${text}`, reads: reads.map((r) => r.name), makes: name });
        held.push({ name, dims });
      },
    });
  }
  const made = held.slice(inputs.length);
  const last = made.at(-1);
  // Some values are outputs though others read them; some that nobody reads are none.
  const outputs = made.filter((v, i) => v === last || ((wanted >> (i % 20)) & 3) === 3);
  const declared = (v: Held): string => `float[${v.dims}] ${v.name}`;
  const head = `(${inputs.map(declared).join(', ')}) => (${(last ? outputs : inputs).map(declared).join(', ')})`;
  constants.push('int64[1] zero = {0}', 'int64[1] one = {1}', 'int64 two = {2}', 'bool go = {1}');
  return { nodes, head, constants, inputs, reach };
}

/** The nodes in another valid order; in that of the net when no ranks are given. */
export function modelOf(net: Net, rank?: (index: number) => number): Model {
  const open = net.nodes.map((node, i) => ({ node, rank: rank?.(i) ?? i }));
  const known = new Set(net.inputs.map((v) => v.name));
  const ordered: string[] = [];
  while (open.length > 0) {
    const ready = open.filter(({ node }) => node.reads.every((name) => known.has(name)));
    const next = ready.reduce((best, item) => (item.rank < best.rank ? item : best));
    open.splice(open.indexOf(next), 1);
    known.add(next.node.makes);
    ordered.push(next.node.text);
  }
  const made = model(`${net.head} <${net.constants.join(', ')}> { ${ordered.join(' ')} }`, { opset: 21 });
  inferModel(new Editor(made));
  return made;
}

/** Seeded numbers for the inputs, with the reach of the net. */
export function samplesOf(net: Net, count = 2): readonly Feeds[] {
  return Array.from({ length: count }, (_, seed) => {
    const feeds = net.inputs.map(({ name, dims }, i): [string, NdValue] => {
      const size = dims.reduce((a, d) => a * d, 1);
      const reach = i === 0 ? net.reach : 1;
      return [name, fromReals('float32', dims, numbers(17 * seed + i + 1, size, reach))];
    });
    return new Map(feeds);
  });
}
