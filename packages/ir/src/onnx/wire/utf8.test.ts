import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8, StringReader } from './utf8.ts';

test('valid UTF-8 is decoded as everywhere', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const bytes = new TextEncoder().encode(text);
      expect(decodeUtf8(bytes)).toBe(text);
      expect(encodeUtf8(text)).toEqual(bytes);
    }),
  );
});

test('any bytes come back from their text', () => {
  const byte = fc.oneof(
    fc.nat(255),
    fc.constantFrom(0xc0, 0xe0, 0xed, 0xa0, 0x80, 0xbf, 0xf0, 0xf4, 0x90, 0xff),
  );
  fc.assert(
    fc.property(fc.array(byte), (list) => {
      const bytes = Uint8Array.from(list);
      expect(encodeUtf8(decodeUtf8(bytes))).toEqual(bytes);
    }),
  );
});

test('a byte that is no UTF-8 becomes one lone surrogate', () => {
  expect(decodeUtf8(Uint8Array.of(0x61, 0xff, 0x62))).toBe('a\udcffb');
});

test('an encoded surrogate is not valid UTF-8', () => {
  expect(decodeUtf8(Uint8Array.of(0xed, 0xb2, 0x80))).toBe('\udced\udcb2\udc80');
});

test('a byte order mark is kept', () => {
  expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
});

test('a lone surrogate that stands for no byte is written as U+FFFD', () => {
  expect(encodeUtf8('a\ud800b')).toEqual(Uint8Array.of(0x61, 0xef, 0xbf, 0xbd, 0x62));
});

test('strings that are remembered are told apart from others of equal hash', () => {
  const strings = new StringReader();
  const names = Array.from({ length: 200_000 }, (_, i) => `layer_${i}_output_0`);
  for (const name of names) {
    const bytes = new TextEncoder().encode(name);
    expect(strings.read(bytes, 0, bytes.length) === name).toBe(true);
  }
});
