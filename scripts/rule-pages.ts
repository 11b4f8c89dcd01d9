import { type Emission, type Exactness, partsOf, patternText, type Rule, withParts } from '@refold/matcher';
import { allRules, type ShippedRule } from '@refold/passes';

type Pattern = Rule['spec']['match']['data'];

/** How deep patterns are printed. */
const DEPTH = 12;

const notice = '<!-- Generated from the rules by `npm run update`: edit the rules instead. -->';

const exactnesses: Readonly<Record<Exactness, string>> = {
  exact: 'exact: the same bits',
  reassociate: 'reassociate: the same function over the real numbers, with different rounding',
  approximate: 'approximate: a different function, or different at NaN and infinities; only on request',
};

/** The pages about the rules, file name to text: one for each family, and a list of all. */
export function rulePages(rules: readonly ShippedRule[] = allRules): ReadonlyMap<string, string> {
  const families = new Map<string, ShippedRule[]>();
  for (const shipped of rules) {
    const family = familyOf(shipped.rule.spec.name);
    families.set(family, [...(families.get(family) ?? []), shipped]);
  }
  const pages = new Map([['README.md', index(families)]]);
  for (const [family, own] of families) pages.set(`${family}.md`, familyPage(family, own));
  return pages;
}

function familyOf(name: string): string {
  return name.slice(0, name.indexOf('/'));
}

function index(families: ReadonlyMap<string, readonly ShippedRule[]>): string {
  const lines = [
    notice,
    '# Rules',
    '',
    'All rewrite rules of refold. `refold rules --json` prints the same as data, and',
    '`refold explain MODEL --rule RULE` explains why a rule does not match a model. Passes that look at whole',
    'graphs are not rules; `refold passes` lists them.',
  ];
  for (const [family, rules] of families) {
    lines.push(
      '',
      `## [${family}](${family}.md)`,
      '',
      '| rule | equation | class | creates |',
      '| --- | --- | --- | --- |',
    );
    for (const { rule } of rules) {
      const { name, doc, exactness, emits = [] } = rule.spec;
      const link = `[${name}](${family}.md#${anchorOf(name)})`;
      lines.push(`| ${[link, inTable(doc), exactness, emits.map(emissionText).join(', ')].join(' | ')} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The fragment by which a heading is linked to. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

function inTable(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*').replaceAll('_', '\\_');
}

function familyPage(family: string, rules: readonly ShippedRule[]): string {
  return `${[notice, `# ${family}`, ...rules.map(section)].join('\n\n')}\n`;
}

function section({ rule: { spec }, pass }: ShippedRule): string {
  const { name, doc, exactness, phase, emits = [], exporters = [], traps = [] } = spec;
  const facts = [
    `**Class**: ${exactnesses[exactness]}.`,
    emits.length > 0
      ? `**Creates**: ${emits.map((e) => `${emissionText(e)}`).join(', ')}.`
      : '**Creates**: nothing new.',
    `**Runs** in phase ${phase}, in the pass \`${pass.name}\`${pass.byDefault ? '' : ', only on request'}.`,
    ...(exporters.length > 0 ? [`**Written by**: ${exporters.join('; ')}.`] : []),
  ];
  const parts = [
    `## ${name}`,
    `\`${doc}\``,
    matchText(spec.match.data),
    facts.map((f) => `- ${f}`).join('\n'),
  ];
  const conditions = conditionsOf(spec);
  if (conditions.length > 0) parts.push(['When:', ...conditions.map((c) => `- ${c}`)].join('\n'));
  if (traps.length > 0)
    parts.push(['Similar, but left unchanged:', ...traps.map((t) => `- ${t}`)].join('\n'));
  return parts.join('\n\n');
}

function emissionText({ op, domain, since }: Emission): string {
  return `${domain ? `${domain}.` : ''}${op} (since ${since})`;
}

function matchText(match: Pattern): string {
  if (isBare(match)) return `Starts at ${names(match)}; what it looks for is said in code.`;
  const named = namedParts(match);
  const text = (p: Pattern): string => patternText(withNames(p, named), DEPTH);
  const ways = (p: Pattern): readonly string[] =>
    p.kind === 'choice' ? p.alternatives.map(({ of }) => named.get(of) ?? text(of)) : [text(p)];
  const lines = [...ways(match)];
  for (const [part, name] of named) {
    ways(part).forEach((way, i) => {
      lines.push(i === 0 ? `  ${name} = ${way}` : `    | ${way}`);
    });
  }
  return ['```', ...lines, '```'].join('\n');
}

/** Parts with parts of their own that stand at several places, or are a choice: they are told apart by letters. */
function namedParts(match: Pattern): ReadonlyMap<Pattern, string> {
  const seen = new Map<Pattern, number>();
  const order: Pattern[] = [];
  const stack = [match];
  for (let p = stack.pop(); p; p = stack.pop()) {
    const times = seen.get(p) ?? 0;
    seen.set(p, times + 1);
    if (times > 0) continue;
    order.push(p);
    stack.push(...partsOf(p).toReversed());
  }
  const own = order.filter((p) => {
    if (p === match || partsOf(p).length === 0 || p.kind === 'named') return false;
    return p.kind === 'choice' || (seen.get(p) ?? 0) > 1;
  });
  return new Map(
    own.map((p, i) => [p, String.fromCharCode(65 + (i % 26)) + (i < 26 ? '' : Math.floor(i / 26))]),
  );
}

/** A pattern whose named parts are their names; it is not one of them itself. */
function withNames(p: Pattern, named: ReadonlyMap<Pattern, string>): Pattern {
  return withParts(p, (part) => {
    const name = named.get(part);
    return name === undefined ? withNames(part, named) : { kind: 'value', name, test: {} };
  });
}

function names(match: Pattern): string {
  return match.kind === 'op' ? match.ops.map((op) => `\`${op}\``).join(', ') : '';
}

/** Whether a pattern is operators with any operands. */
function isBare(p: Pattern): boolean {
  return p.kind === 'op' && p.extraInputs && p.inputs.length === 0;
}

/** What a rule asks for beyond the shape of the graph. */
function conditionsOf({ match, guard, at, keep, grows, decreases }: Rule['spec']): readonly string[] {
  const conditions = new Set<string>();
  const seen = new Set<Pattern>();
  const stack = [match.data];
  for (let p = stack.pop(); p; p = stack.pop()) {
    if (seen.has(p)) continue;
    seen.add(p);
    const own = conditionOf(p);
    if (own) conditions.add(own);
    stack.push(...partsOf(p).toReversed());
  }
  if (guard || at) conditions.add('the code of the rule agrees (the report lists its reasons for refusing)');
  if (keep === 'forbidden') conditions.add('nothing else reads the inner values');
  if (keep === 'allowed') conditions.add('inner values may have other readers, and are then kept');
  if (grows || decreases)
    conditions.add(`${grows ? 'it may increase the number of nodes; ' : ''}it decreases: ${decreases}`);
  return [...conditions];
}

function conditionOf(p: Pattern): string | undefined {
  if (p.kind === 'op') {
    const { min, max } = p.since;
    if (min === undefined && max === undefined) return undefined;
    return `${names(p)} of version ${[min && `${min} or later`, max && `${max} or earlier`].filter(Boolean).join(', ')}`;
  }
  if (p.kind !== 'value' && p.kind !== 'constant') return undefined;
  const { dtype, dims } = p.test;
  const rank = p.kind === 'value' ? p.test.rank : undefined;
  const least = typeof rank === 'number' ? `${rank}` : rank && `${rank.min ?? 0} to ${rank.max ?? 'any'}`;
  const facts = [
    dtype !== undefined && (typeof dtype === 'string' ? dtype : dtype.join(' or ')),
    least !== undefined && `of rank ${least}`,
    dims && `of shape [${dims.join(', ')}]`,
    p.kind === 'constant' && p.name !== undefined && p.test.splat && 'all elements equal',
  ].filter(Boolean);
  return facts.length === 0 || p.name === undefined ? undefined : `\`${p.name}\` is ${facts.join(', ')}`;
}
