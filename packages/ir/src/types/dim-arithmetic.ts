import {
  type Atom,
  constantOf,
  type Dim,
  dimKey,
  freshDim,
  fromTerms,
  MAX_DEGREE,
  MAX_TERMS,
  SymDim,
  safe,
  type Term,
  termOf,
  termsOf,
} from './dim.ts';

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

/** An integer function that polynomials cannot say, as an atom. @internal */
export function call(kind: 'floordiv' | 'mod' | 'min' | 'max', a: Dim, b: Dim): Dim {
  const key = `${kind}(${dimKey(a)}, ${dimKey(b)})`;
  if (key.length > 400) return freshDim();
  return new SymDim([termOf(1, [{ kind, key, a, b }])], 0);
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
