import { constantTensor, type Graph, type Model, type Tensor } from '@refold/ir';

/** Bytes that a 3 x 3 filter takes beyond its nine float32 when it is transformed, for 4 x 4 and for 2 x 2 results. */
const LARGER = [36 * 4 - 36, 16 * 4 - 36] as const;

/**
 * Memory that weights may take in larger forms than plain ones. Each constant has its share from the start, so that the
 * order of nodes does not decide which kernels run, and thereby the last bits of results. Small weights come first:
 * convolutions of large images read them, and gain most. What is a constant only when it is computed shares the rest.
 */
export class Allowances {
  private readonly shares = new Map<object, number>();
  private rest: number;

  constructor(model: Model, bytes: number) {
    this.rest = bytes;
    for (const { tensor, pairs } of filtersOf(model)) {
      const share = LARGER.map((extra) => extra * pairs).find((wanted) => wanted <= this.rest) ?? 0;
      this.shares.set(tensor, share);
      this.rest -= share;
    }
  }

  /** Spends memory on a larger form of a constant, if there is enough. */
  spend(constant: object, bytes: number): boolean {
    const share = this.shares.get(constant);
    if (bytes > (share ?? this.rest)) return false;
    if (share === undefined) this.rest -= bytes;
    else this.shares.set(constant, share - bytes);
    return true;
  }
}

interface Filter {
  readonly tensor: Tensor;
  readonly name: string;
  /** Pairs of an input and an output channel. */
  readonly pairs: number;
}

/** The constant 3 x 3 filters of a model, small ones first. */
function filtersOf(model: Model): readonly Filter[] {
  const found = new Map<Tensor, Filter>();
  for (const graph of model.graphs()) for (const filter of filtersIn(graph)) found.set(filter.tensor, filter);
  return [...found.values()].sort((a, b) => a.pairs - b.pairs || (a.name < b.name ? -1 : 1));
}

function* filtersIn(graph: Graph): Generator<Filter> {
  for (let node = graph.firstNode; node; node = node.next) {
    const weights = node.is('Conv') ? node.inputs[1] : undefined;
    const tensor = weights && constantTensor(weights);
    const [outputs = 0, inputs = 0, height, width] = tensor?.dims ?? [];
    if (weights && tensor?.rank === 4 && height === 3 && width === 3)
      yield { tensor, name: weights.name, pairs: outputs * inputs };
  }
}
