/** Words that start a line of a rule. */
export const statements = [
  'rule',
  'doc',
  'def',
  'match',
  'let',
  'where',
  'emit',
  'instance',
  'tags',
  'benefit',
  'exporters',
  'traps',
] as const;

/** Words with a meaning of their own, which nothing can be named. */
export const reserved: ReadonlySet<string> = new Set([
  ...statements,
  ...['as', 'is', 'rank', 'uniform', 'varied', 'else', 'not', 'none', 'true', 'false', 'next'],
  ...['last', 'trailing', 'spatial', 'all', 'channel'],
]);

/** What a node is called whose parameters `..` takes over. */
export const CARRIED = 'carried';

/** Units in the last place that `~` allows. */
export const NEAR_ULP = 4;
