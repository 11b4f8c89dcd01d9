import { badData } from './bad-data.ts';

/** Items of NumPy's kind U: code points of 4 bytes, filled up with zeros. */
export function readUnicode(content: Uint8Array, count: number, width: number, swapped: boolean): string[] {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const strings: string[] = [];
  for (let i = 0; i < count; i += 1) {
    let text = '';
    let zeros = 0;
    for (let at = i * width; at < (i + 1) * width; at += 4) {
      const code = view.getUint32(at, !swapped);
      if (code > 0x10ffff) throw badData('.npy', `${code} is not a character`);
      // Zeros count only when something follows.
      if (code === 0) {
        zeros += 1;
        continue;
      }
      text += '\0'.repeat(zeros) + String.fromCodePoint(code);
      zeros = 0;
    }
    strings.push(text);
  }
  return strings;
}

const utf8 = new TextDecoder();

/** Items of NumPy's kind S: bytes, filled up with zeros; taken to be UTF-8. */
export function readBytesStrings(content: Uint8Array, count: number, width: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    let end = (i + 1) * width;
    while (end > i * width && content[end - 1] === 0) end -= 1;
    return utf8.decode(content.subarray(i * width, end));
  });
}

export function codePointsOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Strings as items of kind U, each `width` code points long. */
export function unicodeBytes(strings: readonly string[], width: number): Uint8Array {
  const bytes = new Uint8Array(strings.length * width * 4);
  const view = new DataView(bytes.buffer);
  strings.forEach((text, i) => {
    let at = i * width * 4;
    for (const char of text) {
      view.setUint32(at, char.codePointAt(0) ?? 0, true);
      at += 4;
    }
  });
  return bytes;
}
