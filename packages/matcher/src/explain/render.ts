import type { Explanation, FailedPart, Outcome } from './explanation.ts';

const verdicts: Readonly<Record<Outcome, string>> = {
  matched: 'matches, and the rewrite would be made',
  'no-anchor': 'there is no place to start from',
  structure: 'does not match',
  fuel: 'was given up: its search takes too long',
  guard: 'matches, but its guard says no',
  declined: 'matches, but its code builds nothing',
  opset: 'matches, but not at this opset',
  types: 'matches, but what it builds may have another type',
  safety: 'matches, but the rewrite would not be safe',
};

/** Parts that are printed of a large match. */
const MAX_PARTS = 24;

/** Groups of places that are printed. */
const MAX_GROUPS = 8;

/** An explanation as lines of text. */
export function explanationText(explanation: Explanation): string {
  const { rule, outcome, root, matched, failed, wouldMatchIf, anchors } = explanation;
  const at = root === undefined ? '' : ` at ${root}`;
  return [
    `${rule}${at}: ${verdicts[outcome]}`,
    ...alignedLines(matched),
    ...(failed ? failedLines(failed) : []),
    ...wouldMatchIf.map((clause) => `  would ${outcome === 'structure' ? 'match' : 'do'} if ${clause}`),
    ...(anchors ? anchorLines(anchors) : []),
  ].join('\n');
}

/** What is not as a rule wants it, as one sentence. */
export function failedText({ expected, found, at }: FailedPart): string {
  const place = at === undefined || mentions(found, at) || mentions(expected, at) ? '' : ` (at ${at})`;
  return `expected ${expected}, found ${found}${place}`;
}

/** Whether a text says the name of a node or a value already. */
function mentions(text: string, name: string): boolean {
  return text.includes(`\`${name}\``) || text.includes(`node ${name})`);
}

function alignedLines(matched: Explanation['matched']): readonly string[] {
  const shown = matched.slice(0, MAX_PARTS);
  const width = Math.min(44, Math.max(0, ...shown.map((m) => m.pattern.length)));
  const lines = shown.map(({ pattern, node, value }) => `    ${pattern.padEnd(width)}  ${node ?? value}`);
  const more = matched.length - shown.length;
  if (lines.length === 0) return [];
  return ['  in place:', ...lines, ...(more > 0 ? [`    and ${more} more`] : [])];
}

function failedLines(failed: FailedPart): readonly string[] {
  const part = failed.pattern === undefined ? [] : [`  fails at ${failed.pattern}`];
  return [...part, `  ${failed.reason}: ${failedText(failed)}`];
}

function anchorLines(anchors: NonNullable<Explanation['anchors']>): readonly string[] {
  const total = anchors.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return [];
  const shown = anchors.slice(0, MAX_GROUPS).map(({ outcome, reason, expected, count, nodes }) => {
    const why = [outcome, reason !== outcome && reason, expected && `expected ${expected}`]
      .filter(Boolean)
      .join(', ');
    return `    ${count} x ${why}: ${nodes.join(', ')}${count > nodes.length ? ', ...' : ''}`;
  });
  const more = anchors.length - shown.length;
  return [
    `  ${total} ${total === 1 ? 'place' : 'places'} where it could be rooted:`,
    ...shown,
    ...(more > 0 ? [`    and ${more} more reasons`] : []),
  ];
}
