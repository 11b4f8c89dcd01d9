import { parseModel } from '@refold/ir';
import { fromReals, type NdArray, Random } from '@refold/runtime';
import type { Rebuild } from './law.ts';

/** The random model of a seed: products and convolutions, each with what a fast kernel may compute along with it. */
export function chain(seed: number): Rebuild {
  return () => new Chain(seed).build();
}

type Sizes = readonly number[];

const count = (dims: Sizes): number => dims.reduce((product, d) => product * d, 1);

class Chain {
  private readonly random: Random;
  private readonly feeds = new Map<string, NdArray>();
  private readonly lines: string[] = [];
  private readonly constants: string[] = [];
  private readonly outputs = new Map<string, Sizes>();
  private names = 0;
  private last: string;
  private dims: Sizes;

  constructor(seed: number) {
    this.random = new Random(seed);
    const channels = this.random.between(1, 10);
    this.dims = this.chance(2)
      ? [this.random.between(1, 3), channels, this.random.between(4, 12), this.random.between(4, 12)]
      : [this.random.between(1, 20), channels];
    this.last = this.input(this.dims);
  }

  build(): ReturnType<Rebuild> {
    const segments = this.random.between(1, 4);
    for (let i = 0; i < segments; i += 1) this.segment();
    if (this.chance(6)) this.widen();
    this.outputs.set(this.last, this.dims);
    const inputs = [...this.feeds].map(([name, { dims }]) => `float[${dims}] ${name}`);
    const outputs = [...this.outputs].map(([name, dims]) => `float[${dims}] ${name}`);
    const text = `<ir_version: 8, opset_import: ["" : 18]> g (${inputs}) => (${outputs}) <${this.constants}> {
      ${this.lines.join('\n')}
    }`;
    return { model: parseModel(text), feeds: this.feeds };
  }

  private segment(): void {
    this.product();
    while (!this.chance(3)) this.linear();
    if (!this.chance(4)) this.activation();
  }

  // ---------------------------------------------------------------- nodes

  private product(): void {
    const [rows = 1, channels = 1] = this.dims;
    const made = this.random.between(1, 18);
    if (this.dims.length === 2) {
      const weights = this.constant([channels, made]);
      const [gemm, bias] = [this.chance(2), this.chance(2)];
      this.dims = [rows, made];
      this.node(
        gemm
          ? `Gemm (${this.last}, ${weights}${bias ? `, ${this.constant([made])}` : ''})`
          : `MatMul (${this.last}, ${weights})`,
      );
      return;
    }
    const [, , height = 1, width = 1] = this.dims;
    const [kernel, pad] = this.chance(3) ? [1, 0] : [3, 1];
    const depthwise = this.chance(4);
    const out = depthwise ? channels : made;
    const weights = this.constant([out, depthwise ? 1 : channels, kernel, kernel]);
    this.dims = [rows, out, height, width];
    const bias = this.chance(2) ? `, ${this.constant([out])}` : '';
    const group = depthwise ? channels : 1;
    this.node(`Conv <pads = [${[pad, pad, pad, pad]}], group = ${group}> (${this.last}, ${weights}${bias})`);
  }

  private linear(): void {
    const channels = this.dims[1] ?? 1;
    switch (this.random.between(0, 4)) {
      case 0: {
        const other = this.chance(3) ? [1] : this.perChannel();
        const operator = this.one(['Add', 'Sub', 'Mul', 'Div']);
        this.node(`${operator} (${this.last}, ${this.constant(other, (x) => x || 1)})`);
        return;
      }
      case 1: {
        const [scale, shift, mean] = [0, 1, 2].map(() => this.constant([channels]));
        const variance = this.constant([channels], (x) => Math.abs(x) + 0.5);
        this.node(`BatchNormalization (${this.last}, ${scale}, ${shift}, ${mean}, ${variance})`);
        return;
      }
      default:
        this.node(`Add (${this.inTurn(this.last, this.input(this.dims))})`);
    }
  }

  /** One element for each channel, as they are added to it. */
  private perChannel(): Sizes {
    const [, channels = 1] = this.dims;
    return this.dims.length === 4 ? [channels, 1, 1] : [channels];
  }

  /** A constant of more axes than the result, which gets these. */
  private widen(): void {
    const rank = this.dims.length + 1;
    const other = this.chance(2) ? [] : this.perChannel();
    const ones = new Array<number>(rank - other.length).fill(1);
    const constant = this.constant([...ones, ...other]);
    this.dims = [1, ...this.dims];
    this.node(`${this.one(['Add', 'Mul'])} (${this.inTurn(this.last, constant)})`);
  }

  private activation(): void {
    const x = this.last;
    const simple = ['Relu', 'Tanh', 'Sigmoid', 'LeakyRelu <alpha = 0.2>', 'HardSigmoid', 'Erf'];
    switch (this.random.between(0, 5)) {
      case 0:
        this.node(`Sigmoid (${x})`);
        this.node(`Mul (${this.inTurn(x, this.last)})`);
        return;
      case 1:
        this.node(`HardSigmoid <alpha = 0.16666667, beta = 0.5> (${x})`);
        this.node(`Mul (${this.inTurn(x, this.last)})`);
        return;
      case 2:
        this.node(`Div (${x}, ${this.scalar(Math.SQRT2)})`);
        this.node(`Erf (${this.last})`);
        this.node(`Add (${this.last}, ${this.scalar(1)})`);
        this.node(`Mul (${this.inTurn(x, this.last)})`);
        this.node(`Mul (${this.last}, ${this.scalar(0.5)})`);
        return;
      case 3:
        this.node(`Clip (${x}, ${this.scalar(-0.25)}, ${this.scalar(1.5)})`);
        return;
      default:
        this.node(`${this.one(simple)} (${x})`);
    }
  }

  /** Now and then a value between others is an output too, so that what follows cannot be fused. */
  private node(text: string): void {
    const name = this.name('v');
    this.lines.push(`${name} = ${text}`);
    this.last = name;
    if (this.chance(12)) this.outputs.set(name, this.dims);
  }

  // ---------------------------------------------------------------- values

  private input(dims: Sizes): string {
    const name = this.name('x');
    this.feeds.set(name, fromReals('float32', dims, this.numbers(dims)));
    return name;
  }

  private constant(dims: Sizes, change: (x: number) => number = (x) => x): string {
    const name = this.name('k');
    this.constants.push(`float[${dims.join()}] ${name} = {${this.numbers(dims).map(change).join()}}`);
    return name;
  }

  private scalar(value: number): string {
    const name = this.name('k');
    this.constants.push(`float ${name} = {${value}}`);
    return name;
  }

  /** Of three digits, which texts hold exactly. */
  private numbers(dims: Sizes): number[] {
    return Array.from({ length: count(dims) }, () => Math.round(this.random.normal() * 1000) / 1000);
  }

  private name(kind: string): string {
    this.names += 1;
    return `${kind}${this.names}`;
  }

  // ---------------------------------------------------------------- choices

  private chance(of: number): boolean {
    return this.random.between(0, of) === 0;
  }

  private one(list: readonly string[]): string {
    return list[this.random.between(0, list.length)] ?? '';
  }

  /** Operands in either order. */
  private inTurn(a: string, b: string): string {
    return this.chance(2) ? `${a}, ${b}` : `${b}, ${a}`;
  }
}
