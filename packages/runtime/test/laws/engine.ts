import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DType } from '@refold/ir';
import type { NdData } from '@refold/runtime';

/** A tensor as the engine takes and gives it. */
export interface EngineTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: NdData;
}

export interface EngineJob {
  readonly model: Uint8Array;
  readonly feeds: readonly EngineTensor[];
}

export type EngineAnswer =
  | { readonly kind: 'ran'; readonly outputs: readonly EngineTensor[] }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The process of the engine ended while it had this job. */
  | { readonly kind: 'crashed' };

type Reply = { readonly id: number } & ({ readonly outputs: EngineTensor[] } | { readonly error: string });

const CLOSED = 'the engine is closed';

const program = fileURLToPath(new URL('ort-child.mjs', import.meta.url));

interface Waiting {
  readonly job: EngineJob;
  readonly answer: (answer: EngineAnswer) => void;
  readonly fail: (error: Error) => void;
}

/** ONNX Runtime in a process of its own, which is started again when it dies. Jobs are answered in turn. */
export class Engine {
  private child: ChildProcess | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private next = 0;
  private closed = false;

  /** The answer to a job; rejects when the engine is closed before there is one. */
  run(job: EngineJob): Promise<EngineAnswer> {
    return new Promise((answer, fail) => {
      if (this.closed) throw new Error(CLOSED);
      const id = this.next++;
      this.waiting.set(id, { job, answer, fail });
      this.process().send({ id, ...job });
    });
  }

  close(): void {
    this.closed = true;
    this.child?.kill();
    for (const { fail } of this.waiting.values()) fail(new Error(CLOSED));
    this.waiting.clear();
  }

  private process(): ChildProcess {
    if (this.child) return this.child;
    const child = fork(program, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    this.child = child;
    child.on('message', (message) => this.settle(message as Reply));
    child.on('exit', () => this.ended(child));
    // What cannot be written to a process that has ended is seen to when its end is noticed.
    child.on('error', () => {});
    return child;
  }

  private settle(reply: Reply): void {
    const entry = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('error' in reply) entry?.answer({ kind: 'refused', reason: reply.error });
    else entry?.answer({ kind: 'ran', outputs: reply.outputs });
  }

  /** The oldest job is the one that the process died of; the others are sent again. */
  private ended(child: ChildProcess): void {
    if (this.child !== child) return;
    this.child = undefined;
    if (this.closed) return;
    const [first, ...rest] = [...this.waiting.entries()];
    if (!first) return;
    this.waiting.delete(first[0]);
    first[1].answer({ kind: 'crashed' });
    for (const [id, { job }] of rest) this.process().send({ id, ...job });
  }
}
