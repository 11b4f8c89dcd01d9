import { elementCount, InternalError, type Node, type Value } from '@refold/ir';
import { flopsOf } from '../profile/flops.ts';
import { NdArray } from '../tensor/nd-array.ts';
import { reals } from '../tensor/reals.ts';
import { dimsOf, type Fact } from './facts.ts';
import type { FastMemory } from './memory.ts';
import { type Address, bytesIn, imageOf, type Layout, Place } from './places.ts';
import type { RunState, Task, TaskCost } from './task.ts';
import type { TracedStep } from './trace.ts';
import { unaryCall } from './unary.ts';

type Forms = Partial<Record<Layout, Place>>;

/** A plan in the making: its tasks in order, and where values are while they run. */
export class Storage {
  readonly memory: FastMemory;
  readonly tasks: Task[] = [];
  readonly places: Place[] = [];
  private readonly facts: ReadonlyMap<Value, Fact>;
  private readonly forms = new Map<Value, Forms>();
  /** Values that tasks put into the frame, and the last task that reads them there. */
  private readonly framed = new Map<Value, number>();

  constructor(memory: FastMemory, facts: ReadonlyMap<Value, Fact>) {
    this.memory = memory;
    this.facts = facts;
  }

  fact(value: Value): Fact | undefined {
    return this.facts.get(value);
  }

  /** Sizes of a value, if all of them are known. */
  dimsIfKnown(value: Value): readonly number[] | undefined {
    return dimsOf(this.facts.get(value));
  }

  dims(value: Value): readonly number[] {
    const dims = this.dimsIfKnown(value);
    if (!dims) throw new InternalError(`the sizes of ${value.name} are not known`);
    return dims;
  }

  /** Arithmetic of a step. */
  flops({ step, op, facts }: TracedStep): number {
    const outputs = step.node.outputs.map((value) => value && this.dimsIfKnown(value));
    return flopsOf(op, facts.map(dimsOf), outputs);
  }

  /** Appends a task; `places` are all that it reads and writes. */
  emit(
    node: Node | undefined,
    name: string,
    flops: number,
    places: readonly (Place | Address | undefined)[],
    run: (state: RunState) => void,
  ): void {
    let bytes = 0;
    for (const place of places) {
      if (!(place instanceof Place)) continue;
      place.touch(this.tasks.length);
      bytes += place.bytes;
    }
    const cost: TaskCost = { flops, bytes };
    this.tasks.push({ name, node, cost, run, releases: [] });
  }

  scratch(bytes: number): Place {
    const place = new Place(bytes);
    this.places.push(place);
    return place;
  }

  /** Room for a value that the next task computes. */
  create(value: Value, layout: Layout): Place {
    const place = this.scratch(bytesIn(layout, this.dims(value)));
    this.forms.set(value, { [layout]: place });
    return place;
  }

  /** Lets a value be another one under other sizes. */
  alias(value: Value, of: Value, node: Node | undefined): void {
    this.forms.set(value, { plain: this.read(of, 'plain', node) });
  }

  /** Whether a value is there for the tasks that come now. */
  isReady(value: Value): boolean {
    return this.forms.has(value) || this.framed.has(value) || this.facts.get(value)?.kind === 'known';
  }

  has(value: Value, layout: Layout): boolean {
    return this.forms.get(value)?.[layout] !== undefined;
  }

  isFramed(value: Value): boolean {
    return this.framed.has(value);
  }

  /** Says that the task that comes now binds `value` in the frame. */
  bindFramed(value: Value): void {
    this.framed.set(value, this.tasks.length);
  }

  /** Says that the task that comes now reads `value` from the frame. */
  readFramed(value: Value): void {
    this.framed.set(value, this.tasks.length);
  }

  /** Where a value of floats lies in a layout; it is brought there if it is not. */
  read(value: Value, layout: Layout, node: Node | undefined): Place {
    const forms = this.forms.get(value) ?? {};
    this.forms.set(value, forms);
    const there = forms[layout];
    if (there) return there;
    const place = this.scratch(bytesIn(layout, this.dims(value)));
    const other = layout === 'plain' ? forms.blocked : (forms.plain ?? this.read(value, 'plain', node));
    if (other) this.convert(value, layout, other, place, node);
    else this.upload(value, place, node);
    forms[layout] = place;
    return place;
  }

  private convert(value: Value, layout: Layout, from: Place, to: Place, node: Node | undefined): void {
    const image = imageOf(this.dims(value));
    if (!image) throw new InternalError(`${value.name} is no image`);
    const { n, c, pixels } = image;
    const { kernels } = this.memory;
    const run = layout === 'plain' ? kernels.fromBlocks : kernels.toBlocks;
    const [a, b] = [from.bytes / n, to.bytes / n];
    this.emit(node, layout === 'plain' ? 'from blocks' : 'to blocks', 0, [from, to], () => {
      for (let i = 0; i < n; i += 1) run(c, pixels, from.at + i * a, to.at + i * b);
    });
  }

  /** Rounds a value to the type that it has, where that is not float32. */
  round(value: Value, node: Node): void {
    const type = this.facts.get(value)?.type;
    if (type?.kind !== 'tensor' || (type.dtype !== 'float16' && type.dtype !== 'bfloat16')) return;
    const { code, kind } = unaryCall(type.dtype);
    const { kernels } = this.memory;
    for (const place of Object.values(this.forms.get(value) ?? {})) {
      const count = place.bytes / 4;
      this.emit(node, `round to ${kind}`, 0, [place], () =>
        kernels.unary(code, count, place.at, place.at, 0, 0),
      );
    }
  }

  /** From the frame, or from a constant. */
  private upload(value: Value, place: Place, node: Node | undefined): void {
    const fact = this.facts.get(value);
    const { memory } = this;
    if (fact?.kind === 'known' && !this.framed.has(value)) {
      this.emit(node, 'load', 0, [place], () => fill(memory, place, fact.value()));
      return;
    }
    this.readFramed(value);
    this.emit(node, 'load', 0, [place], ({ frame }) => fill(memory, place, frame.get(value)));
  }

  /** Notes at which task each value of the frame is let go, but for those that others will read. */
  finish(carried: ReadonlySet<Value>): void {
    for (const [value, last] of this.framed) if (!carried.has(value)) this.tasks[last]?.releases.push(value);
  }
}

function fill(memory: FastMemory, place: Place, value: unknown): void {
  if (!(value instanceof NdArray)) throw new InternalError('a tensor was expected');
  memory.floats(place.at, elementCount(value.dims)).set(reals(value));
}
