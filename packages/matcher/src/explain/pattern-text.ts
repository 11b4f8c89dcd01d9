import type { DType } from '@refold/ir';
import type { NaryPattern, OpPattern, PatternData, ShapeEquation } from '../pattern/pattern.ts';
import type { ParamTest, Tolerance } from '../pattern/value-tests.ts';

/** How deep text goes when nobody says. */
const DEPTH = 3;

/** A pattern on one line, for messages: `*` and `+` in any order, `!` a constant, `~` within a tolerance. */
export function patternText(p: PatternData, depth: number = DEPTH): string {
  switch (p.kind) {
    case 'value':
      return p.name;
    case 'any':
      return '_';
    case 'absent':
      return 'nothing';
    case 'constant':
      return p.name === undefined ? literalText(p.test.value, p.test.tol) : `${p.name}!`;
    case 'hole':
      return '..';
    default:
      return depth <= 0 ? outlineOf(p) : partsText(p, depth - 1);
  }
}

/** A pattern without its parts. */
function outlineOf(p: PatternData): string {
  if (p.kind === 'op') return `${opNames(p)}(..)`;
  return p.kind === 'sum' || p.kind === 'product' ? `a ${p.kind}` : '..';
}

function partsText(p: PatternData, depth: number): string {
  switch (p.kind) {
    case 'op':
      return opText(p, depth);
    case 'sum':
      return sumText(p, depth);
    case 'product':
      return productText(p, depth);
    case 'choice':
      return `(${p.alternatives.map((a) => patternText(a.of, depth)).join(' | ')})`;
    case 'named':
    case 'through':
      return patternText(p.of, depth + 1);
    case 'list':
      return `${p.name}..`;
    case 'repeat':
      return `repeat(${patternText(p.body, depth)}; ${patternText(p.base, depth)})`;
    case 'permuted':
      return `permuted(${patternText(p.of, depth)}; ${p.order.kind === 'capture' ? p.order.name : p.order.axes.join(' ')})`;
    case 'reshaped':
      return `reshaped(${patternText(p.of, depth)}; ${equationText(p.from)} -> ${equationText(p.to)})`;
    case 'roots':
      return p.roots.map((r) => `${r.name} = ${patternText(r.of, depth)}`).join(', ');
    default:
      return patternText(p, depth);
  }
}

/** The operators of a pattern, as `Pow | Mul`. */
export function opNames({ ops, domain }: OpPattern): string {
  return ops.map((name) => (domain === '' ? name : `${domain}.${name}`)).join(' | ');
}

function opText(p: OpPattern, depth: number): string {
  const inputs = p.inputs.map((input) => patternText(input, depth));
  if (p.extraInputs) inputs.push('..');
  const params = [...p.params].map(([name, test]) => `${name}=${paramText(test)}`);
  const output = p.output === 0 ? '' : `.${p.output}`;
  return `${opNames(p)}(${[inputs.join(', '), params.join(', ')].filter(Boolean).join('; ')})${output}`;
}

function sumText({ parts, literal, tol, rest }: NaryPattern, depth: number): string {
  let text = '';
  const add = (sign: number, term: string): void => {
    text += text === '' ? `${sign < 0 ? '-' : ''}${term}` : `${sign < 0 ? ' - ' : ' + '}${term}`;
  };
  for (const { of, times } of parts) {
    const term = bracketed(of, depth);
    add(times, Math.abs(times) === 1 ? term : `${Math.abs(times)} * ${term}`);
  }
  if (literal !== 0) add(literal, literalText(Math.abs(literal), tol));
  if (rest !== undefined) add(1, `${rest}..`);
  return text;
}

function productText({ parts, literal, tol, rest }: NaryPattern, depth: number): string {
  const above: string[] = [];
  const below: string[] = [];
  if (literal !== 1) above.push(literalText(literal, tol));
  for (const { of, times } of parts) {
    const factor = bracketed(of, depth);
    (times < 0 ? below : above).push(powerText(factor, Math.abs(times)));
  }
  if (rest !== undefined) above.push(`${rest}..`);
  return [above.length === 0 ? '1' : above.join(' * '), ...below].join(' / ');
}

function powerText(factor: string, times: number): string {
  if (times === 1) return factor;
  return times === 0.5 ? `Sqrt(${factor})` : `${factor}^${times}`;
}

function bracketed(p: PatternData, depth: number): string {
  const text = patternText(p, depth);
  const isNary = p.kind === 'sum' || p.kind === 'product';
  return isNary ? `(${text})` : text;
}

/** A literal as a pattern spells it. */
export function literalText(
  value: number | readonly number[] | undefined,
  tol: Tolerance = 'exact',
  dtype?: DType,
): string {
  if (value === undefined) return 'any constant';
  const mark = tol === 'exact' ? '' : '~';
  if (typeof value === 'number') return `${mark}${numberText(value, dtype)}`;
  return `${mark}[${value.map((v) => numberText(v, dtype)).join()}]`;
}

/** A number with as many digits as tell it from others of its type; of float32 when that is not known. */
export function numberText(value: number, dtype: DType = 'float32'): string {
  if (dtype === 'float64' || Number.isInteger(value)) return String(value);
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((n) => isSameFloat(Number(value.toPrecision(n)), value));
  return digits === undefined ? String(value) : String(Number(value.toPrecision(digits)));
}

function isSameFloat(a: number, b: number): boolean {
  return Math.fround(a) === Math.fround(b);
}

/** What a test of a parameter asks for. */
export function paramText(test: ParamTest): string {
  if (typeof test !== 'object') return String(test);
  if ('capture' in test && !('axes' in test)) return test.capture;
  if ('oneOf' in test) return test.oneOf.map((t) => paramText(t)).join(' | ');
  if ('axes' in test) return test.axes;
  return 'absent' in test ? 'absent' : `[${test.join()}]`;
}

function equationText(side: ShapeEquation): string {
  return side
    .map((dim) => (dim === '...' ? dim : dim.length === 1 ? String(dim[0]) : `(${dim.join(' ')})`))
    .join(' ');
}
