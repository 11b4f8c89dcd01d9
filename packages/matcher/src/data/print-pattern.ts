import type { Tolerance, ValueTest } from '../pattern/value-tests.ts';
import type {
  ChoiceJson,
  ConstantJson,
  ConstantTestJson,
  NumberJson,
  OpJson,
  ParamLiteral,
  ParamTestJson,
  PatternJson,
} from './rule-data.ts';
import { CARRIED, NEAR_ULP } from './words.ts';

/** How tightly what is printed holds together: a sum, a product, a power, one thing. */
type Level = 0 | 1 | 2 | 3;

/** The text of a pattern in canonical form. */
export function printPattern(p: PatternJson, level: Level = 0): string {
  const own = levelOf(p);
  const text = printBare(p);
  return own < level ? `(${text})` : text;
}

function levelOf(p: PatternJson): Level {
  if (typeof p === 'number') return p < 0 ? 2 : 3;
  if (typeof p === 'string') return 3;
  if ('sum' in p) return 0;
  if ('product' in p) return 1;
  if ('number' in p) return typeof p.number === 'number' && p.number < 0 && p.tol === undefined ? 2 : 3;
  return 'neg' in p || 'power' in p ? 2 : 3;
}

function printBare(p: PatternJson): string {
  if (typeof p === 'number') return String(p);
  if (typeof p === 'string') return p;
  if ('op' in p) return printOp(p, false);
  if ('value' in p) return printValue(p, '');
  if ('number' in p) return printNumber(p);
  if ('constant' in p) return printConstant(p, '');
  if ('any' in p) return '_';
  if ('absent' in p) return 'none';
  if ('hole' in p) return 'next';
  if ('sum' in p) return printSum(p);
  if ('product' in p) return printProduct(p);
  if ('neg' in p) return `-${printPattern(p.neg, 2)}`;
  if ('inv' in p) return `1 / ${printPattern(p.inv, 2)}`;
  if ('power' in p) return `${printPattern(p.power, 3)}^${p.by}`;
  if ('oneOf' in p) return printChoice(p);
  if ('named' in p) return printNamed(p.named, p.of);
  if ('through' in p) {
    const options = [given('max', p.max), given('list', p.capture)];
    return form('through', [setOf(p.through), printPattern(p.of)], options);
  }
  if ('repeat' in p) {
    const options = [given('min', p.min), given('max', p.max), given('count', p.count)];
    return form('repeat', [printPattern(p.repeat), printPattern(p.of)], options);
  }
  if ('list' in p) {
    const options = [given('min', p.min), given('max', p.max)];
    const isPlain = p.each === undefined && options.every((o) => o === undefined);
    return isPlain ? `${p.list}...` : form('each', [p.list, printPattern(p.each ?? { any: true })], options);
  }
  if ('permuted' in p) {
    const order =
      typeof p.permuted === 'object' && 'capture' in p.permuted
        ? p.permuted.capture
        : JSON.stringify(p.permuted);
    return form('permuted', [order, printPattern(p.of)], []);
  }
  return form('reshaped', [JSON.stringify(p.reshaped), printPattern(p.of)], []);
}

function given(name: string, value: number | string | undefined): string | undefined {
  return value === undefined ? undefined : `${name}=${value}`;
}

function form(name: string, args: readonly string[], options: readonly (string | undefined)[]): string {
  const set = options.filter((o) => o !== undefined);
  return `${name}(${args.join(', ')}${set.length > 0 ? `; ${set.join(', ')}` : ''})`;
}

function printSum(p: { readonly sum: readonly PatternJson[]; readonly rest?: string }): string {
  let text = '';
  for (const term of p.sum) {
    const isFirst = text === '';
    const number = typeof term === 'object' && 'number' in term ? term.number : term;
    if (!isFirst && typeof number === 'number' && number < 0)
      text += ` - ${printPattern(typeof term === 'object' ? { ...term, number: -number } : -number)}`;
    else if (!isFirst && typeof term === 'object' && 'neg' in term) text += ` - ${printPattern(term.neg, 1)}`;
    else text += `${isFirst ? '' : ' + '}${printPattern(term, 1)}`;
  }
  return p.rest === undefined ? text : `${text} + ${p.rest}...`;
}

function printProduct(p: { readonly product: readonly PatternJson[]; readonly rest?: string }): string {
  let text = '';
  for (const factor of p.product) {
    if (text !== '' && typeof factor === 'object' && 'inv' in factor)
      text += ` / ${printPattern(factor.inv, 2)}`;
    else text += `${text === '' ? '' : ' * '}${printPattern(factor, 2)}`;
  }
  return p.rest === undefined ? text : `${text} * ${p.rest}...`;
}

function printChoice({ oneOf, labels, tag }: ChoiceJson): string {
  if (tag !== undefined) {
    const all = oneOf.map((p, i) => (labels?.[i] === undefined ? '' : `${labels[i]} = `) + printPattern(p));
    return `choose(${tag}; ${all.join(' | ')})`;
  }
  const [first, second] = oneOf;
  if (oneOf.length === 2 && typeof second === 'object' && 'absent' in second) {
    if (typeof first === 'string') return `${first}?`;
    if (typeof first === 'object' && 'constant' in first) return printConstant(first, '?');
    if (typeof first === 'object' && 'value' in first) return printValue(first, '?');
  }
  return `(${oneOf.map((p) => printPattern(p)).join(' | ')})`;
}

function printNamed(name: string, of: PatternJson): string {
  if (name === CARRIED && isOp(of)) return printOp(of, true);
  const isNamed = typeof of === 'object' && 'named' in of && !(of.named === CARRIED && isOp(of.of));
  return `${isNamed ? `(${printPattern(of)})` : printPattern(of, 3)} as ${name}`;
}

function isOp(p: PatternJson): p is OpJson {
  return typeof p === 'object' && 'op' in p;
}

function setOf(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? '') : `{${names.join(', ')}}`;
}

function printOp(p: OpJson, carries: boolean): string {
  const ops = typeof p.op === 'string' ? p.op : setOf(p.op);
  const inputs = [...p.in.map((i) => printPattern(i)), ...(p.extraInputs ? ['...'] : [])];
  const params = Object.entries(p.params ?? {}).map(([name, test]) => `${name}=${printParam(test)}`);
  if (carries) params.push('..');
  const { singleUse, graphOutput, ...type } = p.test ?? {};
  const marks = [
    p.commute && ' @commute',
    p.since && ` @since ${printRange(p.since)}`,
    p.output !== undefined && ` @out ${p.output}`,
    singleUse !== undefined && (singleUse ? ' @once' : ' @reused'),
    graphOutput !== undefined && (graphOutput ? ' @result' : ' @inner'),
    Object.keys(type).length > 0 && `: ${printType(type)}`,
  ];
  const domain = p.domain === undefined ? '' : `${p.domain}::`;
  const behind = params.length > 0 ? `; ${params.join(', ')}` : '';
  return `${domain}${ops}(${inputs.join(', ')}${behind})${marks.filter(Boolean).join('')}`;
}

function printRange({ min, max }: { readonly min?: number; readonly max?: number }): string {
  return `${min ?? ''}..${max ?? ''}`;
}

function printValue(
  { value, test }: { readonly value: string; readonly test: ValueTest },
  mark: string,
): string {
  const { singleUse, graphOutput, ...type } = test;
  const marks = [
    singleUse !== undefined && (singleUse ? ' @once' : ' @reused'),
    graphOutput !== undefined && (graphOutput ? ' @result' : ' @inner'),
    Object.keys(type).length > 0 && `: ${printType(type)}`,
  ];
  return `${value}${mark}${marks.filter(Boolean).join('')}`;
}

function printType({ dtype, dims, rank }: ValueTest): string {
  const parts = [
    printTensorType({ ...(dtype === undefined ? {} : { dtype }), ...(dims === undefined ? {} : { dims }) }),
    rank === undefined ? '' : `rank ${typeof rank === 'number' ? rank : printRange(rank)}`,
  ];
  return parts.filter(Boolean).join(' ');
}

function printTensorType({ dtype, dims }: Pick<ConstantTestJson, 'dtype' | 'dims'>): string {
  const type = typeof dtype === 'object' ? `{${dtype.join(', ')}}` : (dtype ?? '');
  return dims === undefined ? type : `${type}[${dims.join(', ')}]`;
}

function printConstantTest(test: ConstantTestJson | undefined): string {
  if (!test) return '';
  const splat = test.splat === undefined ? '' : test.splat ? 'uniform' : 'varied';
  return `: ${[printTensorType(test), splat].filter(Boolean).join(' ')}`;
}

function printNumber({ number, tol, test }: NumberJson): string {
  return `${tolerated(number, tol)}${printConstantTest(test)}`;
}

function tolerated(value: number | readonly number[], tol: Tolerance = 'exact'): string {
  const text = typeof value === 'number' ? String(value) : `[${value.join(', ')}]`;
  if (tol === 'exact') return text;
  if ('ulp' in tol) return tol.ulp === NEAR_ULP ? `~${text}` : `near(${text}; ulp=${tol.ulp})`;
  return `near(${text}; rel=${tol.rel}${tol.abs === undefined ? '' : `, abs=${tol.abs}`})`;
}

function printConstant({ constant, is: literal, tol, test }: ConstantJson, mark: string): string {
  const is = literal === undefined ? '' : ` is ${tolerated(literal, tol)}`;
  return `${constant}!${mark}${is}${printConstantTest(test)}`;
}

function printParam(test: ParamTestJson): string {
  if (typeof test !== 'object' || isList(test)) return printLiteral(test);
  if ('oneOf' in test) return `(${test.oneOf.map(printLiteral).join(' | ')})`;
  if ('axes' in test) return test.capture === undefined ? test.axes : `${test.axes}(${test.capture})`;
  return 'absent' in test ? 'none' : test.capture;
}

function isList(test: ParamTestJson): test is readonly number[] {
  return Array.isArray(test);
}

/** A literal as tests of parameters have it. */
export function printLiteral(x: ParamLiteral): string {
  if (typeof x === 'object') return `[${x.join(', ')}]`;
  return typeof x === 'string' ? JSON.stringify(x) : String(x);
}
