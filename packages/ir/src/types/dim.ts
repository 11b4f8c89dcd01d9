/**
 * Symbolic dimensions. A dimension is a number or an integer polynomial over atoms, kept in a normal form
 * so that equality of form is equality of text. Atoms are symbols (`dim_param` names of the model, or
 * anonymous ones for dimensions that nobody named) and the integer functions that polynomials cannot say.
 * Symbols stand for sizes, so they are never negative.
 */

/** @internal A part of a product: a symbol, or an integer function of other dimensions. */
export type Atom =
  | {
      readonly kind: 'symbol';
      readonly key: string;
      /** The `dim_param`; absent for an anonymous symbol. */
      readonly name: string | undefined;
    }
  | {
      readonly kind: 'floordiv' | 'mod' | 'min' | 'max';
      readonly key: string;
      readonly a: Dim;
      readonly b: Dim;
    };

/** @internal A product of atoms. */
export interface Term {
  readonly coefficient: number;
  /** Sorted by key; an atom that occurs twice is squared. */
  readonly atoms: readonly Atom[];
  readonly key: string;
}

/** A dimension that is not a known number. Compare with {@link sameDim}, never by identity. */
export class SymDim {
  /** Normal form as text: equal keys mean equal dimensions. */
  readonly key: string;
  /** @internal */
  readonly terms: readonly Term[];
  /** @internal */
  readonly constant: number;

  /** @internal */
  constructor(terms: readonly Term[], constant: number) {
    this.terms = terms;
    this.constant = constant;
    let key = '';
    for (const t of terms) key += (key === '' ? '' : ' + ') + printTerm(t);
    this.key = constant === 0 ? key : `${key} + ${constant}`;
  }

  toString(): string {
    return this.key;
  }
}

/** Size of one dimension. */
export type Dim = number | SymDim;

function printTerm(t: Term): string {
  return t.coefficient === 1 ? t.key : `${t.coefficient}*${t.key}`;
}

/** @internal */
export function termOf(coefficient: number, atoms: readonly Atom[]): Term {
  return {
    coefficient,
    atoms,
    key: atoms.length === 1 ? (atoms[0]?.key ?? '') : atoms.map((a) => a.key).join('*'),
  };
}

/** @internal Beyond this many terms a result becomes a fresh symbol: hostile shape arithmetic must not explode. */
export const MAX_TERMS = 24;

/** @internal Beyond this degree a product becomes a fresh symbol. */
export const MAX_DEGREE = 16;

/** @internal */
export function fromTerms(terms: readonly Term[], constant: number): Dim {
  if (terms.length === 0) return constant;
  if (terms.length > MAX_TERMS) return freshDim();
  return new SymDim(terms, constant);
}

const symbols = new Map<string, SymDim>();

/** Names that cannot be taken for a number, a sum or an anonymous symbol in the text of a normal form. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/** The dimension of a `dim_param` name. The same name is the same size throughout a model. */
export function symbolDim(name: string): SymDim {
  let dim = symbols.get(name);
  if (dim === undefined) {
    const key = PLAIN.test(name) ? name : JSON.stringify(name);
    dim = new SymDim([termOf(1, [{ kind: 'symbol', key, name }])], 0);
    // A cache only: it must not grow with the number of models a process sees.
    if (symbols.size > 4096) symbols.clear();
    symbols.set(name, dim);
  }
  return dim;
}

let freshCount = 0;

/** A dimension about which nothing is known, equal only to itself. */
export function freshDim(): SymDim {
  freshCount += 1;
  // The key of no name holds a line break, so anonymous keys cannot collide with names.
  return new SymDim([termOf(1, [{ kind: 'symbol', key: `\n${freshCount}`, name: undefined }])], 0);
}

/** The name of a dimension that is one plain `dim_param`; undefined for numbers, sums and anonymous ones. */
export function dimName(dim: Dim): string | undefined {
  if (typeof dim === 'number' || dim.constant !== 0 || dim.terms.length !== 1) return undefined;
  const term = dim.terms[0];
  const atom = term?.atoms[0];
  if (term?.coefficient !== 1 || term.atoms.length !== 1 || atom?.kind !== 'symbol') return undefined;
  return atom.name;
}

/** Whether a dimension mentions an anonymous symbol anywhere. */
export function isAnonymous(dim: Dim): boolean {
  return typeof dim !== 'number' && dim.key.includes('\n');
}

/** Text for people: anonymous symbols are written `?`. */
export function printDim(dim: Dim): string {
  return typeof dim === 'number' ? String(dim) : dim.key.replace(/\n\d+/g, '?');
}

/** Text that is equal for equal dimensions. */
export function dimKey(dim: Dim): string {
  return typeof dim === 'number' ? String(dim) : dim.key;
}

/** @internal */
export function termsOf(dim: Dim): readonly Term[] {
  return typeof dim === 'number' ? [] : dim.terms;
}

/** @internal */
export function constantOf(dim: Dim): number {
  return typeof dim === 'number' ? dim : dim.constant;
}

/** @internal A number that is exact; undefined for others. */
export function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}
