import { elementCount, InternalError, type Node, type OpContext, type Value } from '@refold/ir';
import type { Program } from '../run/interpreter.ts';
import { type ByteReader, readerOf } from '../tensor/byte-reader.ts';
import { NdArray } from '../tensor/nd-array.ts';
import { reals } from '../tensor/reals.ts';
import { dimsOf, isFloating } from './facts.ts';
import type { FastMemory } from './memory.ts';
import type { Address, Layout, Place } from './places.ts';
import { type Source, sourceOf } from './reference-step.ts';
import type { ScaledCodes } from './scaled-codes.ts';
import type { Storage } from './storage.ts';
import type { RunState } from './task.ts';
import type { TracedStep } from './trace.ts';

/** Choices that a session makes for all of its plans. */
export interface FastOptions {
  /** The largest tiles of Winograd's way to convolve: 4, 2, or 0 for none. */
  readonly winograd: 0 | 2 | 4;
}

/** What is known about the steps of a plan besides the one in hand. */
export interface Surroundings {
  readonly storage: Storage;
  readonly options: FastOptions;
  readonly program: Program;
  /** The only step that reads a value, if nothing else needs it. */
  onlyReader(value: Value): TracedStep | undefined;
  /** The steps that read a value, if no graph output and no nested graph does. */
  readers(value: Value): readonly TracedStep[];
  /** Takes a step off the list: another one computes its result. */
  absorb(step: TracedStep): void;
  /** Whether memory may be spent on a larger form of weights; if so, it is. */
  afford(constant: object, form: string, bytes: number): boolean;
}

/** A node for which the fast tier looks for a kernel. */
export class Site {
  readonly op: OpContext;
  readonly node: Node;
  readonly around: Surroundings;
  /** The values that the node computes, but for those that nobody reads. */
  readonly results: readonly (Value | undefined)[];
  private readonly steps: TracedStep[];
  /** The value that the kernel is to compute: of a node with one, or of the last step that was absorbed. */
  result: Value | undefined;

  constructor(step: TracedStep, around: Surroundings) {
    this.op = step.op;
    this.node = step.step.node;
    this.around = around;
    this.steps = [step];
    this.results = step.step.results;
    const [first, ...others] = step.step.results;
    this.result = others.every((value) => value === undefined) ? first : undefined;
  }

  get memory(): FastMemory {
    return this.around.storage.memory;
  }

  value(index: number): Value | undefined {
    return this.node.inputs[index];
  }

  /** Sizes of an operand of floats; undefined when it is not one, or absent, or its sizes are not known. */
  dims(index: number): readonly number[] | undefined {
    return this.dimsOf(this.value(index));
  }

  /** Sizes of the result, if it is one of floats. */
  resultDims(): readonly number[] | undefined {
    return this.result && this.dimsOf(this.result);
  }

  dimsOf(value: Value | undefined): readonly number[] | undefined {
    const fact = value && this.around.storage.fact(value);
    if (fact?.type?.kind !== 'tensor' || !isFloating(fact.type.dtype)) return undefined;
    return dimsOf(fact);
  }

  /** Sizes of an operand of 8-bit codes; undefined when it is not one, or its sizes are not known. */
  codeDims(index: number): readonly number[] | undefined {
    const dtype = this.op.dtype(index);
    const value = this.value(index);
    const isCode = dtype === 'int8' || dtype === 'uint8';
    return value && isCode ? dimsOf(this.around.storage.fact(value)) : undefined;
  }

  /** The array of a constant operand. */
  array(index: number): NdArray | undefined {
    const value = this.value(index);
    const fact = value && this.around.storage.fact(value);
    const array = fact?.kind === 'known' && fact.fixed ? fact.value() : undefined;
    return array instanceof NdArray ? array : undefined;
  }

  /** Whether an operand is a constant. */
  isKnown(index: number): boolean {
    const value = this.value(index);
    const fact = value && this.around.storage.fact(value);
    return fact?.kind === 'known' && fact.fixed;
  }

  /** Elements of a constant operand of floats. Large ones are read anew each time. */
  floats(index: number): Float32Array | undefined {
    const value = this.value(index);
    return value && floatsOf(this.around.storage, value);
  }

  /** The codes that a constant operand is made of, if it is a weight of 8 bits. */
  codes(index: number): ScaledCodes | undefined {
    const value = this.value(index);
    const fact = value && this.around.storage.fact(value);
    return fact?.kind === 'known' ? fact.codes : undefined;
  }

  /** Reads the elements of a constant operand as they are. */
  bytes(index: number): ByteReader {
    const value = this.value(index);
    const fact = value && this.around.storage.fact(value);
    if (fact?.kind !== 'known') throw new InternalError('a constant was expected');
    return fact.bytes();
  }

  /** Reads the elements of a constant operand of floats as float32. */
  floatBytes(index: number): ByteReader {
    if (this.op.dtype(index) === 'float32') return this.bytes(index);
    return readerOf(new NdArray('float32', this.dims(index) ?? [], this.floats(index) ?? new Float32Array()));
  }

  /** The one number that a constant operand of floats holds. */
  scalar(index: number): number | undefined {
    const dims = this.dims(index);
    return dims && elementCount(dims) === 1 && this.isKnown(index) ? this.floats(index)?.[0] : undefined;
  }

  isBlocked(index: number): boolean {
    const value = this.value(index);
    return value !== undefined && this.around.storage.has(value, 'blocked');
  }

  read(index: number, layout: Layout): Place | Address {
    const value = this.value(index);
    if (!value) throw this.op.invalid(`input ${index} is missing`);
    return this.readValue(value, layout);
  }

  /** Where a value lies. A constant in plain form is kept for all runs. */
  readValue(value: Value, layout: Layout): Place | Address {
    const { storage } = this.around;
    const fact = storage.fact(value);
    const data = fact?.kind === 'known' && layout === 'plain' ? floatsOf(storage, value) : undefined;
    if (fact?.kind !== 'known' || !data) return storage.read(value, layout, this.node);
    return this.keep(fact.key, 'plain', data.length, (floats) => floats.set(data));
  }

  /** How an operand is read as an array, wherever it lies, by the task that comes now: `read` others before it. */
  source(index: number): Source {
    const value = this.value(index);
    if (!value) throw this.op.invalid(`input ${index} is missing`);
    const { storage, program } = this.around;
    const source = sourceOf(storage, program, value, this.node, false);
    if (storage.isFramed(value)) storage.readFramed(value);
    return source;
  }

  /** Room for the result. */
  write(layout: Layout): Place {
    if (!this.result) throw this.op.invalid('there is no result');
    return this.around.storage.create(this.result, layout);
  }

  scratch(bytes: number): Place {
    return this.around.storage.scratch(bytes);
  }

  /** `count` floats made of a constant, which stay for all runs. `fill` gets zeros. */
  keep(constant: object, form: string, count: number, fill: (floats: Float32Array) => void): Address {
    const { memory } = this;
    const at = memory.keep(constant, form, count * 4, (address) => fill(memory.floats(address, count)));
    return { at };
  }

  /** What stands for a constant operand. */
  key(index: number): object {
    const value = this.value(index);
    const fact = value && this.around.storage.fact(value);
    return fact?.kind === 'known' ? fact.key : this.node;
  }

  /** Lets the kernel compute what another step does as well: its result is the result then. */
  absorb(step: TracedStep, result: Value | undefined = step.step.results[0]): void {
    this.around.absorb(step);
    this.steps.push(step);
    this.result = result;
  }

  /** Appends a task; `places` are all that it reads and writes. The first one stands for the arithmetic of the steps. */
  emit(name: string, places: readonly (Place | Address | undefined)[], run: (state: RunState) => void): void {
    const { storage } = this.around;
    const flops = this.steps.reduce((sum, step) => sum + storage.flops(step), 0);
    this.steps.length = 0;
    storage.emit(this.node, name, flops, places, run);
  }
}

/** Elements of a value of floats that is the same in all plans, so that what is made of it can be kept. */
export function floatsOf(storage: Storage, value: Value): Float32Array | undefined {
  const fact = storage.fact(value);
  const array = fact?.kind === 'known' && fact.fixed ? fact.value() : undefined;
  if (!(array instanceof NdArray) || !isFloating(array.dtype)) return undefined;
  return array.data instanceof Float32Array ? array.data : Float32Array.from(reals(array));
}

/** Plans a node on kernels of the fast tier; false when there is none that fits, and nothing was planned. */
export type Lowering = (site: Site) => boolean;
