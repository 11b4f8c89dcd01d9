import { constantTensor, type Graph, InternalError, type Model, type Value } from '@refold/ir';
import { Frame } from '../run/frame.ts';
import { Interpreter, type Program, type Values } from '../run/interpreter.ts';
import type { RunOptions } from '../run/options.ts';
import type { NdValue } from '../tensor/nd-array.ts';
import { Allowances } from './allowances.ts';
import type { Engine } from './engine.ts';
import { FastGraph, type FastShared } from './fast-graph.ts';
import { FastMemory } from './memory.ts';
import { NestedGraph } from './nested-graph.ts';
import type { FastOptions } from './site.ts';

/** Memory of a session, in bytes. */
export interface MemoryUse {
  /** Constants of the graph, as the file has them. */
  readonly constants: number;
  /** What is kept of them for all runs, in the forms that kernels read. */
  readonly weights: number;
  /** The arenas of the last run, and what no arenas could have done with less than. */
  readonly arena: number;
  readonly arenaBound: number;
  /** The most that feeds and results of reference kernels took beside the arena. */
  readonly beside: number;
}

/** Memory that weights may take in larger forms, beyond which plain ones do. */
const LEAST_BUDGET: number = 2 ** 19;

/** A model on the kernels of the fast tier: its main graph, and graphs that are nested in it or called. */
export class FastSession {
  private readonly engine: Engine;
  private readonly shared: FastShared;
  private readonly graph: Graph;
  private readonly main: FastGraph;
  private readonly nested = new Map<Graph, NestedGraph>();
  private readonly constants: number;
  private use: MemoryUse = { constants: 0, weights: 0, arena: 0, arenaBound: 0, beside: 0 };
  private isOver = false;

  /** @param before a session that is over, whose memory this one takes. */
  constructor(engine: Engine, model: Model, program: Program, options: FastOptions, before?: FastSession) {
    this.engine = engine;
    const constants = bytesOfConstants(model.graph);
    this.constants = constants;
    this.graph = model.graph;
    this.shared = {
      memory: before?.handOver(engine) ?? new FastMemory(engine),
      program,
      options,
      allowances: new Allowances(model, Math.max(LEAST_BUDGET, constants / 4)),
      fixed: new Map(),
    };
    this.main = new FastGraph(model.graph, this.shared);
  }

  /** Ends the session; answers its memory if it serves a session on such an engine. */
  private handOver({ modules, pool }: Engine): FastMemory | undefined {
    const { engine } = this;
    const { memory } = this.shared;
    const isSame = engine.modules.module === modules.module && engine.modules.over === modules.over;
    if (this.isOver || !isSame || engine.pool !== pool) return undefined;
    this.isOver = true;
    memory.clear();
    return memory;
  }

  get memoryUse(): MemoryUse {
    return this.use;
  }

  /** Runs the main graph; undefined where no plan could be made, and the reference tier has to say why. */
  run(fed: ReadonlyMap<Value, NdValue>, options: RunOptions): Values | undefined {
    if (this.isOver) throw new InternalError('another session has taken the place of this one');
    const { memory, program } = this.shared;
    memory.restart();
    const interpreter = new Interpreter(program, options, {
      run: (frame, nested) => this.nestedOf(frame.graph).run(frame, nested),
    });
    const { ledger } = interpreter;
    const frame = new Frame(this.graph, ledger);
    for (const [value, content] of fed) frame.bind(value, content);
    options.profile?.begin();
    const outputs = this.main.run(frame, [...fed.keys()], interpreter, options);
    if (!outputs) return undefined;
    frame.releaseAll();
    const beside = ledger.peak;
    this.use = { constants: this.constants, weights: memory.weights, ...memory.peak, beside };
    options.onEnd?.({ peakBytes: memory.peak.arena + beside });
    return outputs;
  }

  private nestedOf(graph: Graph): NestedGraph {
    let nested = this.nested.get(graph);
    if (!nested) {
      nested = new NestedGraph(graph, this.shared);
      this.nested.set(graph, nested);
    }
    return nested;
  }
}

/** Bytes of the initializers of a graph, and of what its Constant nodes hold. */
function bytesOfConstants(graph: Graph): number {
  let bytes = 0;
  for (const { tensor } of graph.initializers) bytes += tensor?.byteLength ?? 0;
  for (let node = graph.firstNode; node; node = node.next) {
    const [result] = node.is('Constant') ? node.outputs : [];
    bytes += (result && constantTensor(result)?.byteLength) ?? 0;
  }
  return bytes;
}
