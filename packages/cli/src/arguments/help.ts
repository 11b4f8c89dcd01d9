import {
  type Command,
  commonOptions,
  type Foreign,
  type Option,
  operandWords,
  type Takes,
} from './command.ts';

const WIDTH = 100;

const listNote =
  'A list (PASS..., NAME...) ends at the next option, at a word that cannot belong to it, ' +
  'such as model.onnx, or at --.';

/** The help text of a command, from its tables. `others` are the commands that stand beside it. */
export function helpOf(command: Command, others: readonly Command[] = []): string {
  const name = others.length > 0 ? 'refold' : `refold ${command.name}`;
  const usage = [`Usage: ${[name, operandWords(command), '[options]'].filter(Boolean).join(' ')}`];
  if (others.length > 0) usage.push('       refold COMMAND ...');
  const sections = [
    [...usage, '', ...wrap(sentence(command.summary), '')],
    rows(command.operands.map((o) => [o.name, o.text])),
    ...(others.length > 0
      ? [['Commands', ...rows(others.map((c) => [`${c.name} ${operandWords(c)}`.trim(), c.summary]))]]
      : []),
    ...optionGroups([...command.options, ...commonOptions]),
    ...(command.options.some((o) => o.takes.kind === 'many') ? [wrap(listNote, '')] : []),
    ...(command.foreign ? [foreignRows(command.foreign)] : []),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function optionGroups(options: readonly Option[]): readonly (readonly string[])[] {
  const groups = new Map<string, Option[]>();
  for (const option of options) groups.set(option.group, [...(groups.get(option.group) ?? []), option]);
  return [...groups].map(([title, group]) => [title, ...rows(group.map((o) => [spelling(o), o.text]))]);
}

function spelling({ name, short, takes }: Option): string {
  return `${short ? `${short}, ` : ''}${name}${placeholder(takes)}`;
}

function placeholder(takes: Takes): string {
  switch (takes.kind) {
    case 'nothing':
      return '';
    case 'one':
      return ` ${takes.word}`;
    case 'attached':
      return `[=${takes.word}]`;
    case 'many':
      return ` ${takes.word}...`;
  }
}

/** What the options of other tools mean here, one line for each of ours. */
function foreignRows({ synonyms, ignored }: Foreign): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { name, means, words } of synonyms) {
    const key = `same as ${[means, ...(words ?? [])].join(' ')}`;
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  for (const { name, because } of ignored) groups.set(because, [...(groups.get(because) ?? []), name]);
  return [
    'Options of onnxsim and OnnxSlim that are also accepted',
    ...[...groups].flatMap(([meaning, names]) => wrap(`${names.join(', ')}: ${meaning}`, '  ')),
  ];
}

const LEFT = 34;

function rows(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.min(LEFT, Math.max(...pairs.map(([left]) => left.length)));
  return pairs.flatMap(([left, right]) => {
    const lines = wrap(right, ' '.repeat(width + 4));
    const first = lines[0]?.trimStart() ?? '';
    if (left.length > width) return [`  ${left}`, ...lines];
    return [`  ${left.padEnd(width)}  ${first}`, ...lines.slice(1)];
  });
}

function wrap(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line !== indent && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else {
      line += line === indent ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}
