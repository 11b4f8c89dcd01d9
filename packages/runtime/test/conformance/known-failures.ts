import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('./known-failures.txt', import.meta.url);

const heading = `# Cases of the ONNX conformance suite that refold does not pass yet, each with the reason.
# Rewritten by \`npm run update\`; the suite fails when a case passes that is listed here, or fails and is not.
`;

/** Reasons by the names of cases. */
export function readKnownFailures(): ReadonlyMap<string, string> {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
}

export function writeKnownFailures(failures: ReadonlyMap<string, string>): void {
  const lines = [...failures].sort().map(([name, reason]) => `${name}: ${reason}\n`);
  writeFileSync(file, heading + lines.join(''));
}
