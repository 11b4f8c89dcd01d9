const SLOTS = 1 << 10;

interface Slot {
  readonly bytes: Uint8Array;
  readonly message: object;
}

/** Messages by their bytes. A newer message takes the place of an older one with the same hash. */
export class MessageCache {
  private readonly slots: (Slot | undefined)[] = new Array<undefined>(SLOTS).fill(undefined);

  get(bytes: Uint8Array): object | undefined {
    const slot = this.slots[hash(bytes)];
    return slot && isSame(slot.bytes, bytes) ? slot.message : undefined;
  }

  /** Keeps the message, and the array `bytes`. */
  set(bytes: Uint8Array, message: object): void {
    this.slots[hash(bytes)] = { bytes, message };
  }
}

function hash(bytes: Uint8Array): number {
  let h = bytes.length;
  for (let i = 0; i < bytes.length; i += 1) h = (Math.imul(h, 31) + (bytes[i] as number)) | 0;
  return (h ^ (h >>> 10) ^ (h >>> 20)) & (SLOTS - 1);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
