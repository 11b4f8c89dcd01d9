/** What the first word of a command line may be. Where it is none of these, `simplify` is meant. */
export const commandNames = [
  'simplify',
  'show',
  'diff',
  'run',
  'check',
  'quantize',
  'convert',
  'passes',
  'rules',
  'explain',
] as const;

export type CommandName = (typeof commandNames)[number];

export function isCommandName(word: string | undefined): word is CommandName {
  return commandNames.some((name) => name === word);
}

/** Whether a command line asks for the main job and nothing else: `refold IN`, or `refold IN OUT`. */
export function isMainJob(words: readonly string[]): boolean {
  const isShort = words.length === 1 || words.length === 2;
  return isShort && !isCommandName(words[0]) && words.every((word) => !word.startsWith('-'));
}
