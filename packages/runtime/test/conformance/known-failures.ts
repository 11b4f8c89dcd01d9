import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('./known-failures.txt', import.meta.url);

const heading = `# Cases of the ONNX conformance suite that refold does not pass, each with what happens and, where
# somebody has looked into it, why. \`npm run update\` rewrites the list and keeps the whys. The suite fails
# when a case passes that is listed here, or fails and is not.
`;

/** Parts what happens from why. */
const WHY = ' -- ';

/** Reasons by the names of cases. */
export function readKnownFailures(): ReadonlyMap<string, string> {
  const lines = readFileSync(file, 'utf8').split('\n');
  const entries = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(entries.map((line) => splitAt(line, ': ')));
}

/** Writes the list anew; what somebody found out about a case stays with it. */
export function writeKnownFailures(failures: ReadonlyMap<string, string>): void {
  const known = readKnownFailures();
  const lines = [...failures].sort().map(([name, reason]) => {
    const [, why] = splitAt(known.get(name) ?? '', WHY);
    return `${name}: ${reason}${why === '' ? '' : WHY + why}\n`;
  });
  writeFileSync(file, heading + lines.join(''));
}

function splitAt(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
