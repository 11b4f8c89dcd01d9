/*
 * What a helper runs. It is bundled to text (`wasm/generated/helper.ts`) by assembly/build.mjs, so that threads need no
 * file of their own wherever the library ends up.
 */
import { instantiate, type Modules } from '../wasm/instantiate.ts';
import { ACTIVE, type AnyKernel, CALL, type Control, READ, SENT, takeParts, viewsOf } from './control.ts';

/** Tells helpers of a memory. */
export interface Message {
  readonly block: SharedArrayBuffer;
  /** Which helper this is, from 0 on. */
  readonly helper: number;
  /** How many messages were sent with this one. */
  readonly sent: number;
  readonly id: number;
  readonly kernels: SharedKernels;
}

/** Kernels over a shared memory; the helpers work in pieces of it, the first of them at `scratch`. */
export interface SharedKernels {
  readonly modules: Modules;
  readonly memory: WebAssembly.Memory;
  readonly scratch: number;
  readonly scratchStep: number;
  /** The kernels in the order of their numbers. */
  readonly names: readonly string[];
}

/** How often a helper looks for a call before it sleeps: some 50 microseconds. */
const PATIENCE = 10_000;

interface Port {
  onmessage: ((event: { readonly data: Message }) => void) | null;
}

const memories = new Map<number, readonly AnyKernel[]>();

const kernelOf = (memory: number, kernel: number): AnyKernel => {
  const found = memories.get(memory)?.[kernel];
  if (!found) throw new Error(`a helper knows no kernel ${kernel} over memory ${memory}`);
  return found;
};

function read({ block, helper, sent, id, kernels }: Message): void {
  const { modules, memory, scratch, scratchStep, names } = kernels;
  const own = instantiate(modules, memory, scratch + helper * scratchStep);
  const byName = own as unknown as Readonly<Record<string, AnyKernel>>;
  memories.set(
    id,
    names.flatMap((name) => byName[name] ?? []),
  );
  const control = viewsOf(block);
  Atomics.store(control.words, READ + helper, sent);
  help(control, sent);
}

/** Helps with calls until there is a message to be read. */
function help(control: Control, sent: number): void {
  const { words } = control;
  const isUpToDate = (): boolean => Atomics.load(words, SENT) === sent;
  let seen = Atomics.load(words, CALL) - 1;
  while (isUpToDate()) {
    waitForCall(words, seen);
    seen = Atomics.load(words, CALL);
    // Whoever is counted before a message is sent may finish what it does; the caller waits for that.
    Atomics.add(words, ACTIVE, 1);
    if (isUpToDate()) takeParts(control, kernelOf);
    if (Atomics.sub(words, ACTIVE, 1) === 1) Atomics.notify(words, ACTIVE);
  }
}

function waitForCall(words: Int32Array, seen: number): void {
  for (let i = 0; i < PATIENCE; i += 1) if (Atomics.load(words, CALL) !== seen) return;
  Atomics.wait(words, CALL, seen);
}

interface Scope {
  readonly process?: { getBuiltinModule?(id: string): { readonly parentPort: Port } };
}

const scope = globalThis as Scope;
const port =
  scope.process?.getBuiltinModule?.('worker_threads').parentPort ?? (globalThis as unknown as Port);
port.onmessage = ({ data }) => read(data);
(port as unknown as { postMessage(message: string): void }).postMessage('up');
