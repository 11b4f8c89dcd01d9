import { styleText } from 'node:util';
import { plain, type Style } from '../report/render.ts';
import type { Output } from './terminal.ts';

/** Colours when the stream is a terminal that wants them (NO_COLOR is honoured), else none. */
export function styleFor(stream: Output): Style {
  if (!stream.isTTY || process.env.NO_COLOR) return plain;
  return {
    bold: (t) => styleText('bold', t),
    dim: (t) => styleText('dim', t),
    good: (t) => styleText('green', t),
  };
}
