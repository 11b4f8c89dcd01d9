import { printShape, type Shape, type Value } from '@refold/ir';
import type { Bindings } from '../match/bindings.ts';
import { passes } from '../match/value-test.ts';
import type { DTypeClass, ValueTest } from '../pattern/value-tests.ts';
import { type Finding, nearness } from './finding.ts';
import { readersOf } from './place.ts';

/** The first test that a value fails, with the test without it. */
export interface FailedTest {
  readonly finding: Omit<Finding, 'mend'>;
  readonly clause: string;
  readonly rest: ValueTest;
}

/** Why a value does not pass the test of a pattern; undefined when it does. */
export function diagnoseTest(value: Value, test: ValueTest, bindings: Bindings): FailedTest | undefined {
  for (const [name, diagnosis] of diagnoses) {
    if (test[name] === undefined || passes(value, { [name]: test[name] }, bindings)) continue;
    const { expected, found, clause } = diagnosis(value, test);
    const { [name]: _, ...rest } = test;
    const finding = { reason: codes[name], expected, found, nearness: nearness.fact };
    return { finding, clause: `${clause ?? `\`${value.name}\` were ${expected}`}`, rest };
  }
  return undefined;
}

interface Texts {
  readonly expected: string;
  readonly found: string;
  readonly clause?: string;
}

type Diagnosis = (value: Value, test: ValueTest) => Texts;

const codes = {
  singleUse: 'other-uses',
  graphOutput: 'graph-output',
  dtype: 'dtype',
  rank: 'rank',
  dims: 'dims',
} as const;

const diagnoses: readonly (readonly [keyof typeof codes, Diagnosis])[] = [
  [
    'singleUse',
    (value, { singleUse }) =>
      singleUse
        ? {
            expected: `one reader of \`${value.name}\``,
            found: `${value.useCount}: ${readersOf(value).join(', ')}`,
            clause: `\`${value.name}\` had one reader`,
          }
        : { expected: `several readers of \`${value.name}\``, found: `${value.useCount}` },
  ],
  [
    'graphOutput',
    (value, { graphOutput }) => ({
      expected: graphOutput ? 'a graph output' : 'no graph output',
      found: `\`${value.name}\`, which is ${graphOutput ? 'none' : 'one'}`,
    }),
  ],
  ['dtype', (value, { dtype }) => ({ expected: classText(dtype), found: dtypeText(value) })],
  ['rank', (value, { rank }) => ({ expected: rankText(rank), found: shapeText(value) })],
  ['dims', (value, { dims }) => ({ expected: `of shape [${dims?.join(', ')}]`, found: shapeText(value) })],
];

/** `float32 or float16`. */
export function classText(wanted: DTypeClass | readonly DTypeClass[] | undefined): string {
  return typeof wanted === 'object' ? wanted.join(' or ') : String(wanted);
}

function dtypeText(value: Value): string {
  const type = value.type;
  if (!type) return `\`${value.name}\` of unknown type`;
  return `\`${value.name}\` of ${type.kind === 'tensor' ? type.dtype : `type ${type.kind}`}`;
}

function rankText(rank: ValueTest['rank']): string {
  if (typeof rank === 'number') return `of rank ${rank}`;
  const least = rank?.min === undefined ? '' : ` at least ${rank.min}`;
  const most = rank?.max === undefined ? '' : ` at most ${rank.max}`;
  return `of rank${[least, most].filter(Boolean).join(' and')}`;
}

function shapeText(value: Value): string {
  const shape: Shape | undefined = value.type?.kind === 'tensor' ? value.type.shape : undefined;
  return shape ? `\`${value.name}\` of shape ${printShape(shape)}` : `\`${value.name}\` of unknown shape`;
}
