import type { Model } from '@refold/ir';
import { type Binding, edgeBindings, otherBindings } from './bindings.ts';
import type { InputOptions } from './make-inputs.ts';
import type { Style } from './styles.ts';

/** One set of inputs that might be drawn. */
export interface PlannedSet {
  readonly binding: Binding;
  readonly style: Style;
  /** Added to the seed of the options. */
  readonly add: number;
}

/** The styles that a plan goes through when none are asked for: those on which every sound rewrite agrees. */
export const usualStyles: readonly Style[] = ['normal', 'uniform', 'negative', 'boundary', 'zeros'];

/**
 * Sets of inputs that together try a model hard, the most telling first: every style, and, if the model has
 * open sizes, other sizes, 1 and 0 among them. `binding` is one with which the model runs. Endless: after
 * the last kind the first comes again, with other numbers.
 */
export function* planInputs(
  model: Model,
  binding: Binding,
  options: InputOptions & { readonly styles?: readonly Style[] | undefined },
): Generator<PlannedSet> {
  const styles = options.styles ?? (options.style ? [options.style] : usualStyles);
  const sizes = [...edgeBindings(model, binding, options), ...otherBindings(model, binding, options)];
  let [nextStyle, nextSize] = [0, 0];
  for (let add = 0; ; add += 1) {
    const style = styles[nextStyle % styles.length] ?? 'normal';
    // Sizes that are not the likeliest often do not fit, so every second set keeps to these.
    const other = add % 2 === 1 ? sizes[nextSize] : undefined;
    if (other) nextSize += 1;
    else nextStyle += 1;
    yield { binding: other ?? binding, style: other ? (styles[0] ?? 'normal') : style, add };
  }
}
