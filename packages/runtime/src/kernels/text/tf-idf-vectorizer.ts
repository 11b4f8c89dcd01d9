import { type TfIdfView, tfIdfVectorizer } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { int64s } from '../ml/labels.ts';
import { NodeCache } from '../ml/node-cache.ts';
import { realResult } from '../real-result.ts';

type Token = string | bigint;

/** N-grams by their tokens: a step down for each token. */
interface Branch {
  readonly next: Map<Token, Branch>;
  /** Place of the n-gram that ends here, among all n-grams of the pool. */
  gram: number | undefined;
}

const pools = new NodeCache<Branch>();

/** How often the n-grams of a pool occur in each row, with up to a number of tokens skipped between tokens. */
export const tfIdfVectorizerKernel: Kernel = {
  name: 'TfIdfVectorizer',
  run(inputs, ctx) {
    const x = asTensor(inputs[0], ctx, 0);
    const view = tfIdfVectorizer.view(ctx.op);
    if (x.rank !== 1 && x.rank !== 2) throw ctx.op.invalid(`X must have rank 1 or 2, not ${x.rank}`);
    const pool = pools.get(ctx, () => readPool(ctx, view));
    const places = ctx.op.intsAttribute('ngram_indexes') ?? [];
    const weights = ctx.op.floatsAttribute('weights');
    if (weights !== undefined && weights.length !== places.length) {
      throw ctx.op.invalid(`it has ${weights.length} weights for ${places.length} n-grams`);
    }
    const tokens = tokensOf(x);
    const length = x.dims.at(-1) ?? 0;
    const rows = x.rank === 1 ? 1 : (x.dims[0] ?? 0);
    const out = realResult(ctx, 'float32', x.rank === 1 ? [view.outputs] : [rows, view.outputs]);
    for (let row = 0; row < rows; row += 1) {
      const at = row * view.outputs;
      countGrams(ctx, view, pool, tokens, row * length, length, (gram) => {
        const place = at + (places[gram] ?? 0);
        const weight = view.mode === 'TF' ? 1 : (weights?.[gram] ?? 1);
        if (view.mode === 'IDF') out.values[place] = weight;
        else out.values[place] = (out.values[place] as number) + weight;
      });
    }
    return [out.done()];
  },
};

function tokensOf(x: NdArray): ArrayLike<Token> {
  const { data } = x;
  if (Array.isArray(data) || data instanceof BigInt64Array || data instanceof BigUint64Array) return data;
  return Array.from(data, BigInt);
}

/** Visits every n-gram of the pool that occurs in a run of tokens, as often as it occurs. */
function countGrams(
  ctx: KernelContext,
  view: TfIdfView,
  pool: Branch,
  tokens: ArrayLike<Token>,
  from: number,
  length: number,
  visit: (gram: number) => void,
): void {
  const end = from + length;
  for (let distance = 1; distance <= view.maxSkip + 1; distance += 1) {
    // Single tokens are no further apart for being skipped between, so they count once.
    const least = distance === 1 ? view.minLength : Math.max(2, view.minLength);
    if (least > view.maxLength || (distance > 1 && distance >= length)) return;
    for (let start = from; start < end; start += 1) {
      ctx.tick();
      let branch: Branch | undefined = pool;
      for (let n = 1, at = start; n <= view.maxLength && at < end; n += 1, at += distance) {
        branch = branch.next.get(tokens[at] as Token);
        if (branch === undefined) break;
        if (n >= least && branch.gram !== undefined) visit(branch.gram);
      }
    }
  }
}

/** N-grams of the lengths that are asked for. `ngram_counts` says where those of each length begin in the pool. */
function readPool(ctx: KernelContext, view: TfIdfView): Branch {
  const root: Branch = { next: new Map(), gram: undefined };
  const strings = ctx.op.stringsAttribute('pool_strings') ?? [];
  const pool: ArrayLike<Token> = strings.length > 0 ? strings : (int64s(ctx, 'pool_int64s') ?? []);
  const starts = ctx.op.intsAttribute('ngram_counts') ?? [];
  const places = ctx.op.intsAttribute('ngram_indexes') ?? [];
  let gram = 0;
  starts.forEach((start, i) => {
    const size = i + 1;
    const end = starts[i + 1] ?? pool.length;
    if (!(start >= 0 && start <= end && end <= pool.length && (end - start) % size === 0)) {
      throw ctx.op.invalid(
        `ngram_counts gives ${size}-grams the places ${start} to ${end} of ${pool.length}`,
      );
    }
    for (let at = start; at < end; at += size, gram += 1) {
      if (size >= view.minLength && size <= view.maxLength) plant(root, pool, at, size, gram);
    }
  });
  if (gram !== places.length)
    throw ctx.op.invalid(`it has ${places.length} ngram_indexes for ${gram} n-grams`);
  return root;
}

function plant(root: Branch, pool: ArrayLike<Token>, at: number, size: number, gram: number): void {
  let branch = root;
  for (let k = at; k < at + size; k += 1) {
    const token = pool[k] as Token;
    let next = branch.next.get(token);
    if (!next) {
      next = { next: new Map(), gram: undefined };
      branch.next.set(token, next);
    }
    branch = next;
  }
  branch.gram = gram;
}
