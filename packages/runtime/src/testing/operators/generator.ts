import type { Site } from '../build/site.ts';

/** Adds one valid node of an operator to a graph, reading values at hand or new ones. */
export type Generator = (site: Site) => void;

/** Generators by the names of their operators. */
export type Family = Readonly<Record<string, Generator>>;

/** The same generator for several operators. */
export function each(names: string, generator: Generator): Family {
  return Object.fromEntries(names.split(' ').map((name) => [name, generator]));
}
