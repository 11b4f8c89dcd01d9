import { decodeModel, type Model, parseModel, printModel } from '@refold/ir';
import { compareModels } from '../../compare/compare-models.ts';
import { type CheckOptions, checkEquivalent, type Equivalence } from '../../compare/equivalence.ts';
import type { NodeName } from '../../compare/walk/divergence.ts';
import type { Feeds } from '../../session/feeds.ts';
import { feedsText } from './describe.ts';
import { inputSets } from './input-sets.ts';

/** A model: itself, the bytes of its file, or ONNX's textual syntax. */
export type ModelLike = Model | Uint8Array | string;

/** Options of `equivalent` and `expectEquivalent`. */
export type EquivalentOptions = CheckOptions;

/** Says how two models differ. */
export class EquivalenceError extends Error {
  override readonly name = 'EquivalenceError';
  readonly result: Equivalence;

  constructor(message: string, result: Equivalence) {
    super(message);
    this.result = result;
  }
}

/**
 * Asserts that two models have one interface and compute the same, on drawn inputs or on `given` ones.
 * @throws EquivalenceError with the first difference of the outputs, the first value that differs though it is made
 * of equal operands, the inputs that show both, and the models as text; also when the first model runs on no inputs
 * that were tried.
 */
export function expectEquivalent(a: ModelLike, b: ModelLike, options: EquivalentOptions = {}): void {
  const [first, second] = [modelOf(a), modelOf(b)];
  const { result, feeds } = compare(first, second, options);
  if (result.verdict === 'equal') return;
  const parts = [
    reasonOf(result),
    ...(feeds ? divergenceText(first, second, feeds, options) : []),
    ...(feeds ? [`inputs:\n${feedsText(feeds)}`] : []),
    `first model:\n${printModel(first)}`,
    `second model:\n${printModel(second)}`,
  ];
  throw new EquivalenceError(parts.join('\n\n'), result);
}

/** Whether two models have one interface and compute the same, as {@link expectEquivalent} finds. */
export function equivalent(a: ModelLike, b: ModelLike, options: EquivalentOptions = {}): boolean {
  return compare(modelOf(a), modelOf(b), options).result.verdict === 'equal';
}

/** Compares set by set, so that it is known which one shows a difference. */
function compare(
  first: Model,
  second: Model,
  options: EquivalentOptions,
): { readonly result: Equivalence; readonly feeds?: Feeds } {
  const sets = inputSets(first, options) ?? [];
  let compared = 0;
  let result = checkEquivalent(first, second, { ...options, given: [] });
  for (const feeds of sets) {
    result = checkEquivalent(first, second, { ...options, given: [feeds] });
    if (result.verdict === 'different') return { result, feeds };
    if (result.verdict === 'equal') compared += 1;
  }
  return { result: compared === 0 ? result : { ...result, verdict: 'equal', sets: compared } };
}

/** The model that bytes or text stand for. */
export function modelOf(model: ModelLike): Model {
  if (typeof model === 'string') return parseModel(model);
  return model instanceof Uint8Array ? decodeModel(model) : model;
}

/** The first value that differs though its node has equal operands in both models, if there is such a value. */
function divergenceText(
  first: Model,
  second: Model,
  feeds: Feeds,
  { session, tolerance }: EquivalentOptions,
): readonly string[] {
  const given = [{ label: 'the inputs', feeds }];
  const { divergence } = compareModels(first, second, { given, session, tolerance });
  if (!divergence) return [];
  const { value, got, wantNode, gotNode, difference } = divergence;
  const other = got === value ? '' : ` (${got} in the second model)`;
  const made = (node: NodeName | undefined): string => (node ? `by ${node.op}` : 'a constant');
  return [
    `first divergence: ${value}${other}, ${made(wantNode)} and ${made(gotNode)}: ${difference.message}`,
  ];
}

function reasonOf({ verdict, differences, notes }: Equivalence): string {
  if (verdict === 'different') return `the models differ: ${differences[0]?.message ?? notes.join('; ')}`;
  return `nothing could be compared: ${notes.join('; ') || 'the first model does not run'}`;
}
