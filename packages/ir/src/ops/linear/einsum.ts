import { type Dim, dimKey, freshDim, printDim } from '../../types/dim.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import type { Shape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { commonType } from './common-type.ts';

/** Parameters of `Einsum`. */
export interface EinsumView extends View {
  /** Letters of each operand, without spaces; `...` stands where broadcast axes are. */
  readonly terms: readonly string[];
  /** Letters of the result, computed when the equation leaves them implicit. */
  readonly output: string;
}

const ELLIPSIS = '...';

/** Reads the equation: `ij,jk->ik`, implicit outputs and ellipses included. */
export function einsumView(ctx: OpContext): EinsumView {
  const equation = ctx.string('equation')?.replaceAll(' ', '');
  if (equation === undefined) throw ctx.invalid('attribute equation is missing');
  const [left = '', right, ...more] = equation.split('->');
  if (more.length > 0) throw ctx.invalid(`equation ${equation} has more than one arrow`);
  const terms = left.split(',');
  for (const term of terms) checkTerm(ctx, term);
  if (terms.length !== ctx.inputCount) {
    throw ctx.invalid(`equation ${equation} has ${terms.length} terms for ${ctx.inputCount} operands`);
  }
  if (right === undefined) return { terms, output: implicitOutput(terms) };
  checkTerm(ctx, right);
  checkOutput(ctx, terms, right);
  return { terms, output: right };
}

function checkTerm(ctx: OpContext, term: string): void {
  if (!/^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/.test(term))
    throw ctx.invalid(`"${term}" is not a term of an equation`);
}

function checkOutput(ctx: OpContext, terms: readonly string[], output: string): void {
  const known = new Set(lettersOf(terms.join('')));
  if (!output.includes(ELLIPSIS) && terms.some((t) => t.includes(ELLIPSIS))) {
    throw ctx.invalid('the output lacks the ellipsis of the operands');
  }
  const seen = new Set<string>();
  for (const letter of lettersOf(output)) {
    if (!known.has(letter)) throw ctx.invalid(`output letter ${letter} occurs in no operand`);
    if (seen.has(letter)) throw ctx.invalid(`output letter ${letter} occurs twice`);
    seen.add(letter);
  }
}

/** Letters that occur once, in ASCII order, after the broadcast axes. */
function implicitOutput(terms: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const letter of lettersOf(terms.join(''))) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const once = [...counts].filter(([, count]) => count === 1).map(([letter]) => letter);
  const ellipsis = terms.some((t) => t.includes(ELLIPSIS)) ? ELLIPSIS : '';
  return ellipsis + once.sort().join('');
}

function lettersOf(term: string): string {
  return term.replaceAll('.', '');
}

/** One axis of an operand or of the result: a letter, or a place within the ellipsis counted from its end. */
export type EinsumLabel = string;

/**
 * Gives every axis of a term its label. Broadcast axes are labelled `.1`, `.2`, ... from the last one, so that
 * ellipses of different lengths line up as broadcasting wants it.
 */
export function einsumLabels(term: string, rank: number): readonly EinsumLabel[] | undefined {
  const letters = lettersOf(term);
  const at = term.indexOf(ELLIPSIS);
  if (at < 0) return letters.length === rank ? [...letters] : undefined;
  const width = rank - letters.length;
  if (width < 0) return undefined;
  const broadcast = Array.from({ length: width }, (_, i) => `.${width - i}`);
  return [...letters.slice(0, at), ...broadcast, ...letters.slice(at)];
}

/** Sizes of all labels; undefined when an operand with an ellipsis has no known rank. */
export function einsumSizes(
  ctx: OpContext,
  view: EinsumView,
): { readonly sizes: ReadonlyMap<EinsumLabel, Dim>; readonly width: number } | undefined {
  const sizes = new Map<EinsumLabel, Dim>();
  let width = 0;
  for (const [i, term] of view.terms.entries()) {
    const shape = ctx.shape(i);
    if (shape === undefined) {
      if (term.includes(ELLIPSIS)) return undefined;
      continue;
    }
    const labels = einsumLabels(term, shape.length);
    if (labels === undefined) throw ctx.invalid(`term "${term}" does not fit rank ${shape.length}`);
    width = Math.max(width, term.includes(ELLIPSIS) ? labels.length - lettersOf(term).length : 0);
    for (const [axis, label] of labels.entries()) {
      const size = shape[axis] ?? 1;
      const before = sizes.get(label);
      sizes.set(label, before === undefined ? size : jointSize(ctx, label, before, size));
    }
  }
  return { sizes, width };
}

/** Size of a label that axes of sizes `a` and `b` share; an axis of size 1 broadcasts. */
function jointSize(ctx: OpContext, label: EinsumLabel, a: Dim, b: Dim): Dim {
  if (a === 1 || dimKey(a) === dimKey(b)) return b;
  if (b === 1) return a;
  if (typeof a === 'number' && typeof b === 'number') {
    throw ctx.invalid(`label ${label} has sizes ${printDim(a)} and ${printDim(b)}`);
  }
  if (sameDim(a, b) === 'yes') return a;
  // A symbol is the number, or 1: either way the number is the size.
  if (typeof a === 'number') return a;
  return typeof b === 'number' ? b : freshDim();
}

/** The operator `Einsum`. */
export const einsum: Operator<EinsumView> = operator<EinsumView>({
  name: 'Einsum',
  view: einsumView,
  infer(ctx, view) {
    const dtype = commonType(ctx);
    if (dtype === undefined) return [undefined];
    const found = einsumSizes(ctx, view);
    if (found === undefined) return [tensorType(dtype)];
    const rank = lettersOf(view.output).length + (view.output.includes(ELLIPSIS) ? found.width : 0);
    const labels = einsumLabels(view.output, rank) ?? [];
    const shape: Shape = labels.map((label) => found.sizes.get(label) ?? freshDim());
    return [tensorType(dtype, shape)];
  },
});
