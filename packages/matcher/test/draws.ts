/** Gives a whole number from 0 up to, not including, `bound`. */
export type Draw = (bound: number) => number;

/** Draws from a list of decisions; 0 when it has run out. Lists shrink, so what fails does too. */
export function drawFrom(decisions: readonly number[]): Draw {
  let at = 0;
  return (bound) => {
    const decision = decisions[at] ?? 0;
    at += 1;
    return bound <= 1 ? 0 : decision % bound;
  };
}

/** Draws the same numbers for the same seed. */
export function drawSeeded(seed: number): Draw {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

export function oneOfList<T>(draw: Draw, list: readonly T[]): T {
  const item = list[draw(list.length)];
  if (item === undefined) throw new Error('nothing to draw from');
  return item;
}

/** The list in another order. */
export function shuffled<T>(draw: Draw, list: readonly T[]): readonly T[] {
  const left = [...list];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(draw(left.length), 1));
  return out;
}
