import { helperSource } from '../wasm/generated/helper.ts';
import type { Message } from './helper.ts';

/** A thread that helps. None keeps a process from ending. */
export interface Helper {
  post(message: Message): void;
  /** Waits until it listens, or has failed. */
  whenUp(): Promise<void>;
  end(): void;
}

/** What is used of the Worker of Node. */
interface NodeWorker {
  postMessage(message: Message): void;
  on(event: 'message' | 'error' | 'exit', listener: () => void): void;
  ref(): void;
  unref(): void;
  terminate(): void;
}

interface NodeThreads {
  readonly Worker: new (source: string, options: object) => NodeWorker;
}

/** `process` where there is one; asked for in this way, nothing of Node gets into bundles for browsers. */
interface Scope {
  readonly process?: { getBuiltinModule?(id: string): NodeThreads };
  readonly crossOriginIsolated?: boolean;
}

const scope = globalThis as Scope;
const node: NodeThreads | undefined = scope.process?.getBuiltinModule?.('worker_threads');

/** Whether memory can be shared with threads here: pages of browsers have to be isolated from other origins. */
export function canShare(): boolean {
  if (typeof SharedArrayBuffer !== 'function') return false;
  const hasThreads =
    node !== undefined || (typeof Worker === 'function' && scope.crossOriginIsolated === true);
  return hasThreads && canReserve();
}

/** Room for all that a shared memory may grow to is set aside when it is made. */
function canReserve(): boolean {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true }) !== undefined;
  } catch {
    return false;
  }
}

/** Throws where a policy of the page forbids it. */
export function startHelper(): Helper {
  return node ? nodeHelper(node) : webHelper();
}

function nodeHelper({ Worker }: NodeThreads): Helper {
  const worker = new Worker(helperSource, { eval: true, execArgv: [], env: {}, name: 'refold' });
  const up = new Promise<void>((resolve) => {
    for (const event of ['message', 'error', 'exit'] as const) worker.on(event, () => resolve());
  });
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    async whenUp() {
      // Somebody waits for it now.
      worker.ref();
      await up;
      worker.unref();
    },
    end: () => worker.terminate(),
  };
}

function webHelper(): Helper {
  const address = URL.createObjectURL(new Blob([helperSource], { type: 'text/javascript' }));
  const worker = new Worker(address, { name: 'refold' });
  const up = new Promise<void>((resolve) => {
    worker.onmessage = () => resolve();
    worker.onerror = () => resolve();
  });
  void up.then(() => URL.revokeObjectURL(address));
  return {
    post: (message) => worker.postMessage(message),
    whenUp: () => up,
    end: () => worker.terminate(),
  };
}
