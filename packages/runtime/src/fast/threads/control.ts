/*
 * The block of memory over which one thread that calls and its helpers agree on who does what. The caller describes a
 * call and opens it; whoever is free takes the next part, the caller too, so a helper that comes late, or never, costs
 * nothing but its help. When no parts are left the caller closes the call, and waits for those that are still at one.
 */

/** Places of words, each on a line of the cache of its own. `call`: counts calls; helpers that have none wait for it. */
export const CALL = 0;
/** The next part that nobody has taken. */
export const NEXT = 16;
/** Helpers that may be at a part. */
export const ACTIVE = 32;
/** Counts the messages that were sent to the helpers: whoever has not read all of them may not help. */
export const SENT = 48;

/** What the call is; written while it is closed. */
export const PARTS = 64;
export const MEMORY = 65;
export const KERNEL = 66;
/** How many arguments there are. */
export const ARITY = 67;
/** The argument that says how many rows (or the like) there are, and how many of them a part has; -1 for none. */
export const SIZE = 68;
export const UNIT = 69;
/** Length of the message of an error, or 0. */
export const FAILED = 70;

/** From here on: the last message that each helper has read. */
export const READ = 80;

/** So many helpers at the most. */
export const MAX_HELPERS = 63;

/** A number of a part that no call has. */
export const CLOSED: number = 2 ** 30;

const WORDS = 160;
const MAX_ARGUMENTS = 32;
const MAX_MESSAGE = 200;

/** Views of the block. */
export interface Control {
  readonly block: SharedArrayBuffer;
  readonly words: Int32Array;
  /** The arguments of the call, and by how much each moves from one row (or the like) to the next. */
  readonly args: Float64Array;
  readonly moves: Float64Array;
  readonly message: Uint16Array;
}

export function newBlock(): SharedArrayBuffer {
  const { words } = viewsOf(new SharedArrayBuffer(WORDS * 4 + MAX_ARGUMENTS * 16 + MAX_MESSAGE * 2));
  words[NEXT] = CLOSED;
  return words.buffer as SharedArrayBuffer;
}

export function viewsOf(block: SharedArrayBuffer): Control {
  const args = WORDS * 4;
  return {
    block,
    words: new Int32Array(block, 0, WORDS),
    args: new Float64Array(block, args, MAX_ARGUMENTS),
    moves: new Float64Array(block, args + MAX_ARGUMENTS * 8, MAX_ARGUMENTS),
    message: new Uint16Array(block, args + MAX_ARGUMENTS * 16, MAX_MESSAGE),
  };
}

/** A kernel as whoever takes a part of a call sees it: addresses, sizes and other numbers. */
export type AnyKernel = (...args: number[]) => void;

/** Does parts of the open call until none are left. What a kernel throws closes the call, and is left for the caller. */
export function takeParts(control: Control, kernelOf: (memory: number, kernel: number) => AnyKernel): void {
  const { words, args, moves } = control;
  for (;;) {
    const part = Atomics.add(words, NEXT, 1);
    const parts = words[PARTS] as number;
    if (part >= parts) return;
    try {
      const arity = words[ARITY] as number;
      const size = words[SIZE] as number;
      const first = part * (words[UNIT] as number);
      const own: number[] = [];
      for (let i = 0; i < arity; i += 1) own.push((args[i] as number) + first * (moves[i] as number));
      if (size >= 0) own[size] = Math.min(words[UNIT] as number, (args[size] as number) - first);
      kernelOf(words[MEMORY] as number, words[KERNEL] as number)(...own);
    } catch (error) {
      Atomics.store(words, NEXT, CLOSED);
      leaveMessage(control, String((error as Error)?.message ?? error));
      return;
    }
  }
}

function leaveMessage({ words, message }: Control, text: string): void {
  const length = Math.min(text.length, message.length);
  for (let i = 0; i < length; i += 1) message[i] = text.charCodeAt(i);
  Atomics.store(words, FAILED, Math.max(1, length));
}

/** What a thread left that failed. */
export function readMessage({ words, message }: Control): string | undefined {
  const length = Atomics.load(words, FAILED);
  return length === 0 ? undefined : String.fromCharCode(...message.subarray(0, length));
}
