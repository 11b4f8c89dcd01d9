/**
 * Symbolic dimensions. A dimension is a number or an integer polynomial over atoms, kept in a normal form
 * so that equality of form is equality of text. Atoms are symbols (`dim_param` names of the model, or
 * anonymous ones for dimensions that nobody named) and the integer functions that polynomials cannot say.
 * Symbols stand for sizes, so they are never negative.
 */

/** A part of a product: a symbol, or an integer function of other dimensions. */
type Atom =
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

interface Term {
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

/** Sizes of all dimensions, outermost first. */
export type Shape = readonly Dim[];

/** Three-valued answer. `unknown` must be treated as `no` by whoever needs a proof. */
export type Known = 'yes' | 'no' | 'unknown';

function printTerm(t: Term): string {
  return t.coefficient === 1 ? t.key : `${t.coefficient}*${t.key}`;
}

function termOf(coefficient: number, atoms: readonly Atom[]): Term {
  return {
    coefficient,
    atoms,
    key: atoms.length === 1 ? (atoms[0]?.key ?? '') : atoms.map((a) => a.key).join('*'),
  };
}

/** Beyond this many terms a result becomes a fresh symbol: hostile shape arithmetic must not explode. */
const MAX_TERMS = 24;

/** Beyond this degree a product becomes a fresh symbol. */
const MAX_DEGREE = 16;

function fromTerms(terms: readonly Term[], constant: number): Dim {
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

/** Text for people, such as `[N, 3, 224]`; `[...]` when the rank is unknown. */
export function printShape(shape: Shape | undefined): string {
  return shape === undefined ? '[...]' : `[${shape.map(printDim).join(', ')}]`;
}

function termsOf(dim: Dim): readonly Term[] {
  return typeof dim === 'number' ? [] : dim.terms;
}

function constantOf(dim: Dim): number {
  return typeof dim === 'number' ? dim : dim.constant;
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}

/** a + b */
export function addDims(a: Dim, b: Dim): Dim {
  const constant = safe(constantOf(a) + constantOf(b));
  if (constant === undefined) return freshDim();
  if (typeof a === 'number' && typeof b === 'number') return constant;
  // Merge of two sorted lists of terms.
  const x = termsOf(a);
  const y = termsOf(b);
  const out: Term[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const s = x[i];
    const t = y[j];
    if (s === undefined && t === undefined) break;
    if (t === undefined || (s !== undefined && s.key < t.key)) {
      if (s) out.push(s);
      i += 1;
    } else if (s === undefined || t.key < s.key) {
      out.push(t);
      j += 1;
    } else {
      const sum = s.coefficient + t.coefficient;
      if (safe(sum) === undefined) return freshDim();
      if (sum !== 0) out.push(termOf(sum, s.atoms));
      i += 1;
      j += 1;
    }
  }
  return fromTerms(out, constant);
}

/** -a */
export function negDim(a: Dim): Dim {
  return mulDims(a, -1);
}

/** a - b */
export function subDims(a: Dim, b: Dim): Dim {
  return addDims(a, negDim(b));
}

function scale(a: Dim, k: number): Dim {
  if (k === 0) return 0;
  const constant = safe(constantOf(a) * k);
  if (constant === undefined) return freshDim();
  const out: Term[] = [];
  for (const t of termsOf(a)) {
    const c = safe(t.coefficient * k);
    if (c === undefined) return freshDim();
    out.push(termOf(c, t.atoms));
  }
  return fromTerms(out, constant === 0 ? 0 : constant);
}

/** a * b */
export function mulDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number') return scale(b, a);
  if (typeof b === 'number') return scale(a, b);
  if ((a.terms.length + 1) * (b.terms.length + 1) > MAX_TERMS * 2) return freshDim();
  let out: Dim = scale(a, b.constant);
  if (a.constant !== 0) out = addDims(out, new SymDim(scaledTerms(b.terms, a.constant), 0));
  for (const s of a.terms) {
    for (const t of b.terms) {
      const coefficient = safe(s.coefficient * t.coefficient);
      if (coefficient === undefined || s.atoms.length + t.atoms.length > MAX_DEGREE) return freshDim();
      const atoms = [...s.atoms, ...t.atoms].sort((p, q) => (p.key < q.key ? -1 : p.key > q.key ? 1 : 0));
      out = addDims(out, new SymDim([termOf(coefficient, atoms)], 0));
    }
  }
  return out;
}

function scaledTerms(terms: readonly Term[], k: number): readonly Term[] {
  return terms.map((t) => termOf(t.coefficient * k, t.atoms));
}

function call(kind: 'floordiv' | 'mod' | 'min' | 'max', a: Dim, b: Dim): Dim {
  const key = `${kind}(${dimKey(a)}, ${dimKey(b)})`;
  if (key.length > 400) return freshDim();
  return new SymDim([termOf(1, [{ kind, key, a, b }])], 0);
}

/** Text that is equal for equal dimensions. */
export function dimKey(dim: Dim): string {
  return typeof dim === 'number' ? String(dim) : dim.key;
}

/** The quotient when a is b times a polynomial with integer coefficients, whatever the symbols are. */
export function exactDiv(a: Dim, b: Dim): Dim | undefined {
  if (b === 0) return undefined;
  if (typeof b === 'number') {
    if (constantOf(a) % b !== 0) return undefined;
    const out: Term[] = [];
    for (const t of termsOf(a)) {
      if (t.coefficient % b !== 0) return undefined;
      out.push(termOf(t.coefficient / b, t.atoms));
    }
    return fromTerms(out, constantOf(a) / b);
  }
  const lead = leadingTerm(b);
  let rest = a;
  let quotient: Dim = 0;
  // Long division: each step takes away the greatest product that is left.
  for (let step = 0; step <= MAX_TERMS; step += 1) {
    if (rest === 0) return quotient;
    const part = divideTerm(leadingTerm(rest), lead);
    if (part === undefined) return undefined;
    quotient = addDims(quotient, part);
    rest = subDims(rest, mulDims(part, b));
  }
  return undefined;
}

/** The greatest product in an order that multiplication keeps: by degree, then by the first atom that differs. */
function leadingTerm(dim: Dim): Term | undefined {
  let lead: Term | undefined;
  for (const t of termsOf(dim)) if (lead === undefined || isGreater(t, lead)) lead = t;
  return lead;
}

function isGreater(s: Term, t: Term): boolean {
  if (s.atoms.length !== t.atoms.length) return s.atoms.length > t.atoms.length;
  const at = s.atoms.findIndex((atom, i) => atom.key !== t.atoms[i]?.key);
  return (s.atoms[at]?.key ?? '') < (t.atoms[at]?.key ?? '');
}

function divideTerm(a: Term | undefined, b: Term | undefined): Dim | undefined {
  if (a === undefined || b === undefined || a.coefficient % b.coefficient !== 0) return undefined;
  const rest = withoutAtoms(a.atoms, b.atoms);
  if (rest === undefined) return undefined;
  const coefficient = a.coefficient / b.coefficient;
  return rest.length === 0 ? coefficient : new SymDim([termOf(coefficient, rest)], 0);
}

function withoutAtoms(atoms: readonly Atom[], taken: readonly Atom[]): readonly Atom[] | undefined {
  const rest = [...atoms];
  for (const t of taken) {
    const at = rest.findIndex((x) => x.key === t.key);
    if (at < 0) return undefined;
    rest.splice(at, 1);
  }
  return rest;
}

/** floor(a / b), toward minus infinity. */
export function floorDivDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return b === 0 ? freshDim() : Math.floor(a / b);
  if (b === 1) return a;
  return exactDiv(a, b) ?? call('floordiv', a, b);
}

/** ceil(a / b) for b > 0. */
export function ceilDivDims(a: Dim, b: Dim): Dim {
  return floorDivDims(addDims(a, subDims(b, 1)), b);
}

/** a mod b with the sign of b. */
export function modDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return b === 0 ? freshDim() : a - b * Math.floor(a / b);
  if (exactDiv(a, b) !== undefined) return 0;
  return call('mod', a, b);
}

export function minDims(a: Dim, b: Dim): Dim {
  const { lo, hi } = differenceRange(a, b);
  if (hi <= 0) return a;
  if (lo >= 0) return b;
  return dimKey(a) < dimKey(b) ? call('min', a, b) : call('min', b, a);
}

export function maxDims(a: Dim, b: Dim): Dim {
  const { lo, hi } = differenceRange(a, b);
  if (lo >= 0) return a;
  if (hi <= 0) return b;
  return dimKey(a) < dimKey(b) ? call('max', a, b) : call('max', b, a);
}

/** Bounds of a - b; none where the difference is too large to be written and became a symbol of its own. */
function differenceRange(a: Dim, b: Dim): { readonly lo: number; readonly hi: number } {
  if (typeof a === 'number' && typeof b === 'number') return { lo: a - b, hi: a - b };
  const difference = subDims(a, b);
  const key = dimKey(difference);
  const isNew = key.startsWith('\n') && !dimKey(a).includes(key) && !dimKey(b).includes(key);
  return isNew ? { lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY } : dimRange(difference);
}

/** Sign of a - b when it is the same for all sizes of the symbols; 0 only when they are equal. */
function compareDims(a: Dim, b: Dim): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const diff = subDims(a, b);
  if (typeof diff === 'number') return diff;
  const { lo, hi } = dimRange(diff);
  if (lo > 0) return 1;
  if (hi < 0) return -1;
  return undefined;
}

/** Bounds of a dimension over all non-negative sizes of its symbols (infinite where there is none). */
export function dimRange(dim: Dim): { readonly lo: number; readonly hi: number } {
  if (typeof dim === 'number') return { lo: dim, hi: dim };
  let lo = dim.constant;
  let hi = dim.constant;
  for (const t of dim.terms) {
    let a = 1;
    let b = 1;
    for (const atom of t.atoms) {
      const r = atomRange(atom);
      const c = [mul(a, r.lo), mul(a, r.hi), mul(b, r.lo), mul(b, r.hi)];
      a = Math.min(...c);
      b = Math.max(...c);
    }
    const p = mul(a, t.coefficient);
    const q = mul(b, t.coefficient);
    lo += Math.min(p, q);
    hi += Math.max(p, q);
  }
  return { lo, hi };
}

function mul(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}

function atomRange(atom: Atom): { lo: number; hi: number } {
  if (atom.kind === 'symbol') return { lo: 0, hi: Number.POSITIVE_INFINITY };
  const a = dimRange(atom.a);
  const b = dimRange(atom.b);
  switch (atom.kind) {
    case 'min':
      return { lo: Math.min(a.lo, b.lo), hi: Math.min(a.hi, b.hi) };
    case 'max':
      return { lo: Math.max(a.lo, b.lo), hi: Math.max(a.hi, b.hi) };
    case 'mod':
      return b.lo > 0
        ? { lo: 0, hi: b.hi - 1 }
        : { lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY };
    case 'floordiv':
      if (typeof atom.b === 'number' && atom.b > 0) {
        return { lo: Math.floor(a.lo / atom.b), hi: Math.floor(a.hi / atom.b) };
      }
      return b.lo > 0 && a.lo >= 0
        ? { lo: 0, hi: a.hi }
        : { lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY };
  }
}

/** Whether two dimensions are equal for all sizes of the symbols (`no`: for none). */
export function sameDim(a: Dim, b: Dim): Known {
  if (typeof a === 'number' && typeof b === 'number') return a === b ? 'yes' : 'no';
  if (a === b || dimKey(a) === dimKey(b)) return 'yes';
  const order = compareDims(a, b);
  return order === undefined ? 'unknown' : order === 0 ? 'yes' : 'no';
}

/** Whether two shapes are equal; `unknown` when a rank or a dimension is not known. */
export function sameShape(a: Shape | undefined, b: Shape | undefined): Known {
  if (a === undefined || b === undefined) return 'unknown';
  if (a.length !== b.length) return 'no';
  let answer: Known = 'yes';
  for (let i = 0; i < a.length; i += 1) {
    const known = sameDim(a[i] ?? 0, b[i] ?? 0);
    if (known === 'no') return 'no';
    if (known === 'unknown') answer = 'unknown';
  }
  return answer;
}

/** Number of elements of a shape. */
export function shapeSize(shape: Shape): Dim {
  let size: Dim = 1;
  for (const d of shape) size = mulDims(size, d);
  return size;
}

/** The numbers of a shape without symbols. */
export function staticShape(shape: Shape | undefined): readonly number[] | undefined {
  if (shape === undefined) return undefined;
  for (const d of shape) if (typeof d !== 'number') return undefined;
  return shape as readonly number[];
}

/**
 * Shape of an elementwise result by ONNX's multidirectional broadcasting (numpy's rules).
 * A dimension that cannot be decided becomes a fresh symbol; undefined when the shapes cannot broadcast.
 */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const out: Dim[] = new Array<Dim>(rank);
  for (let i = 0; i < rank; i += 1) {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    const dim = broadcastDim(x, y);
    if (dim === undefined) return undefined;
    out[i] = dim;
  }
  return out;
}

function broadcastDim(x: Dim, y: Dim): Dim | undefined {
  if (x === 1) return y;
  if (y === 1) return x;
  const same = sameDim(x, y);
  if (same === 'yes') return x;
  if (typeof x === 'number' && typeof y === 'number') return undefined;
  // One of them is symbolic: a number other than 1 forces the result, since the symbol is then 1 or equal.
  if (typeof x === 'number') return x;
  if (typeof y === 'number') return y;
  if (isCut(y, x)) return x;
  return isCut(x, y) ? y : freshDim();
}

/**
 * Whether a dimension is `min(of, n)` for a number n of 2 or more, as a table of n rows is cut. The two broadcast
 * only where they are equal: while `min(of, n)` is 1, so is `of`.
 */
function isCut(dim: SymDim, of: SymDim): boolean {
  const [term, ...others] = dim.terms;
  const [atom, ...factors] = term?.atoms ?? [];
  if (dim.constant !== 0 || others.length > 0 || factors.length > 0 || term?.coefficient !== 1) return false;
  if (atom?.kind !== 'min') return false;
  const [size, limit] = typeof atom.a === 'number' ? [atom.b, atom.a] : [atom.a, atom.b];
  return typeof limit === 'number' && limit >= 2 && sameDim(size, of) === 'yes';
}

/** Whether a value of shape `from` broadcasts against one of shape `to` without changing the shape of the latter. */
export function broadcastsInto(from: Shape | undefined, to: Shape | undefined): Known {
  if (from === undefined || to === undefined) return 'unknown';
  if (from.length > to.length) return 'no';
  let answer: Known = 'yes';
  for (let i = 0; i < from.length; i += 1) {
    const f = from[i] ?? 1;
    const t = to[i - from.length + to.length] ?? 1;
    if (f === 1) continue;
    const same = sameDim(f, t);
    if (same === 'no') return 'no';
    if (same === 'unknown') answer = 'unknown';
  }
  return answer;
}
