import type { InstanceHint } from '@refold/matcher';
import type { Choices } from '@refold/runtime/testing/choices';
import { NoInstance } from '../no-instance.ts';

/** Sizes as patterns and hints write them: numbers, names, products such as `'B*S'`, `'_'` and `'...'`. */
export type NamedShape = readonly (number | string)[];

/** Sizes that are drawn; different ones, so that a mistaken axis shows. */
const usual = [3, 2, 4, 5];

/** Elements of the values of which nothing is known, at most. */
const MAX_ELEMENTS = 128;

/** The sizes of one instance: names stand for the same number wherever they are read. */
export class Sizes {
  private readonly choices: Choices;
  private readonly given: ReadonlyMap<string, number>;
  private readonly bound = new Map<string, number>();
  private readonly drawn: readonly number[];
  private run: readonly number[] | undefined;
  private usualShape: readonly number[] | undefined;

  /** With `ones`, sizes may be 1. */
  constructor(choices: Choices, hint: InstanceHint, ones: boolean) {
    this.choices = choices;
    this.given = new Map(Object.entries(hint.dims ?? {}));
    this.drawn = ones ? [1, ...usual] : usual;
  }

  /** The number that a name stands for, drawn when nothing says it. */
  size(name: string): number {
    if (name === '_') return this.draw();
    const known = this.given.get(name) ?? this.bound.get(name);
    if (known !== undefined) return known;
    const size = this.draw();
    this.bound.set(name, size);
    return size;
  }

  shape(named: NamedShape): readonly number[] {
    return named.flatMap((d) => {
      if (typeof d === 'number') return [d];
      if (d === '...') return this.anyRun();
      return [
        factorsOf(d).reduce((product: number, f) => product * (typeof f === 'number' ? f : this.size(f)), 1),
      ];
    });
  }

  /** The shape of values of which nothing is known: one for all of them, so that they fit together. */
  get usual(): readonly number[] {
    if (!this.usualShape) {
      const rank = this.choices.any([2, 3, 4, 1]) ?? 2;
      const square = this.choices.below(3) === 2;
      const side = this.draw();
      const drawn = Array.from({ length: rank }, () => (square ? side : this.draw()));
      const isLarge = drawn.reduce((a, d) => a * d, 1) > MAX_ELEMENTS;
      this.usualShape = isLarge ? drawn.map((d) => Math.min(d, 2 + (d % 2))) : drawn;
    }
    return this.usualShape;
  }

  /** The usual shape, cut or lengthened to a rank. */
  ofRank(rank: number): readonly number[] {
    const usualOnes = this.usual;
    const missing = Array.from({ length: Math.max(0, rank - usualOnes.length) }, () => this.draw());
    this.usualShape = [...missing, ...usualOnes];
    return this.usualShape.slice(this.usualShape.length - rank);
  }

  /** Binds the names of a shape test to the sizes that a value has, as far as they follow from it. */
  solve(test: NamedShape, dims: readonly number[]): void {
    const gap = test.indexOf('...');
    const extra = dims.length - test.length + 1;
    if (gap < 0 ? dims.length !== test.length : extra < 0) throw new NoInstance('another rank is asked for');
    if (gap >= 0) this.run ??= dims.slice(gap, gap + extra);
    test.forEach((want, i) => {
      const size = dims[gap < 0 || i < gap ? i : i + extra - 1];
      if (want === '...' || want === '_' || size === undefined) return;
      const factors = typeof want === 'number' ? [want] : factorsOf(want);
      const open = factors.filter((f) => typeof f === 'string' && !this.isBound(f));
      const known = factors.filter((f) => !open.includes(f));
      const product = this.shape(known).reduce((a, d) => a * d, 1);
      const [name, ...others] = open;
      if (size % product !== 0 || (name === undefined && size !== product)) {
        throw new NoInstance(`size ${want} is not ${size}`);
      }
      if (typeof name === 'string' && others.length === 0) this.bound.set(name, size / product);
    });
  }

  private isBound(name: string): boolean {
    return this.given.has(name) || this.bound.has(name);
  }

  private anyRun(): readonly number[] {
    this.run ??= Array.from({ length: this.choices.between(1, 2) }, () => this.draw());
    return this.run;
  }

  private draw(): number {
    return this.choices.any(this.drawn) ?? 2;
  }
}

function factorsOf(text: string): readonly (number | string)[] {
  return text.split('*').map((factor) => {
    const name = factor.trim();
    return /^\d+$/.test(name) ? Number(name) : name;
  });
}
