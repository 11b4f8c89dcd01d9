import type { ImageFormat } from './pixels.ts';

/** What files of a format start with; undefined stands for any byte. */
const beginnings: readonly (readonly [ImageFormat, readonly (number | undefined)[]])[] = [
  ['bmp', codes('BM')],
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['jpeg2000', [0, 0, 0, 12, ...codes('jP  ')]],
  ['jpeg2000', [0xff, 0x4f, 0xff, 0x51]],
  ['png', [0x89, ...codes('PNG\r\n'), 0x1a, 0x0a]],
  ['tiff', [...codes('II'), 42, 0]],
  ['tiff', [...codes('MM'), 0, 42]],
  ['webp', [...codes('RIFF'), undefined, undefined, undefined, undefined, ...codes('WEBP')]],
  ...['P1', 'P2', 'P3', 'P4', 'P5', 'P6'].map((magic) => ['pnm', codes(magic)] as const),
];

function codes(text: string): readonly number[] {
  return Array.from(text, (c) => c.charCodeAt(0));
}

/** The format of a file, by its first bytes. */
export function formatOf(bytes: Uint8Array): ImageFormat | undefined {
  return beginnings.find(([, start]) =>
    start.every((byte, i) => byte === undefined || byte === bytes[i]),
  )?.[0];
}
