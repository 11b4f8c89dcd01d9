/**
 * Text of model files. ONNX says UTF-8, files say what they like: a byte that is not part of valid UTF-8
 * becomes the lone surrogate U+DC80..U+DCFF of its value, and is written back as that byte, so that no
 * name changes and no two names become one.
 */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Strings up to this many bytes are worth looking up before they are made anew. */
const SHORT = 96;

const SLOTS = 1 << 16;

/**
 * Decodes strings and remembers short ones: a model spells the same operators, attributes and values over
 * and over, and comparing bytes is cheaper than making strings.
 */
export class StringReader {
  private readonly slots: (string | undefined)[] = new Array<undefined>(SLOTS);

  read(bytes: Uint8Array, start: number, end: number): string {
    if (start === end) return '';
    if (end - start > SHORT) return decodeUtf8(bytes, start, end);
    const slot = slotOf(bytes, start, end);
    if (slot < 0) return decodeUtf8(bytes, start, end);
    const known = this.slots[slot];
    if (known !== undefined && known.length === end - start && isSame(known, bytes, start)) return known;
    const text = decodeUtf8(bytes, start, end);
    this.slots[slot] = text;
    return text;
  }
}

/** A hash of ASCII bytes, taken four at a time; -1 when some are not ASCII. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  let seen = 0;
  let i = start;
  for (; i + 3 < end; i += 4) {
    const a = bytes[i] as number;
    const b = bytes[i + 1] as number;
    const c = bytes[i + 2] as number;
    const d = bytes[i + 3] as number;
    const word = a | (b << 8) | (c << 16) | (d << 24);
    seen |= word;
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; i < end; i += 1) {
    const byte = bytes[i] as number;
    seen |= byte;
    hash = Math.imul(hash ^ byte, 0x9e3779b1);
  }
  if ((seen & 0x80808080) !== 0) return -1;
  return (hash ^ (hash >>> 16)) & (SLOTS - 1);
}

function isSame(text: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

/** Text of the bytes `start .. end`. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  const part = bytes.subarray(start, end);
  try {
    return strict.decode(part);
  } catch {
    return decodeEscaped(part);
  }
}

function decodeEscaped(bytes: Uint8Array): string {
  const pieces: string[] = [];
  let valid = 0;
  let i = 0;
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    if (valid < i) pieces.push(strict.decode(bytes.subarray(valid, i)));
    pieces.push(String.fromCharCode(0xdc00 + (bytes[i] ?? 0)));
    i += 1;
    valid = i;
  }
  if (valid < i) pieces.push(strict.decode(bytes.subarray(valid, i)));
  return pieces.join('');
}

/** Length of the valid UTF-8 sequence at `i`, or 0. (Unicode 16, table 3-7.) */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const first = bytes[i] ?? 0;
  if (first < 0x80) return 1;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  const length =
    first >= 0xc2 && first < 0xe0
      ? 2
      : first >= 0xe0 && first < 0xf0
        ? 3
        : first >= 0xf0 && first < 0xf5
          ? 4
          : 0;
  for (let k = 1; k < length; k += 1) {
    const byte = bytes[i + k] ?? 0;
    if (byte < (k === 1 ? low : 0x80) || byte > (k === 1 ? high : 0xbf)) return 0;
  }
  return length;
}

/** Whether the text holds surrogates of any kind, so that a plain encoder cannot be trusted with it. */
export function hasSurrogates(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if ((text.charCodeAt(i) & 0xf800) === 0xd800) return true;
  return false;
}

const encoder = new TextEncoder();

/** Bytes of a text, escaped bytes as they were; other lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  if (!hasSurrogates(text)) return encoder.encode(text);
  const bytes = new Uint8Array(text.length * 3);
  let at = 0;
  let plain = 0;
  const flush = (to: number) => {
    if (plain < to) at += encoder.encodeInto(text.slice(plain, to), bytes.subarray(at)).written;
  };
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if ((code & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      i += 1;
    } else if (code >= 0xdc80 && code <= 0xdcff) {
      flush(i);
      bytes[at] = code & 0xff;
      at += 1;
      plain = i + 1;
    }
  }
  flush(text.length);
  return bytes.subarray(0, at);
}
