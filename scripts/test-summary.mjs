// Prints the closing line of the gate from vitest's JSON report.
import { readFileSync } from 'node:fs';

console.log(summary(readFileSync(process.argv[2], 'utf8')));

function summary(text) {
  // Nothing is written when the run itself fell over.
  if (text === '') return '0 passed, 1 failed';
  const report = JSON.parse(text);
  // A file that cannot even be loaded has no tests that fail.
  const failed = report.numFailedTests || (report.success ? 0 : Math.max(1, report.numFailedTestSuites));
  const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
  return `${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
