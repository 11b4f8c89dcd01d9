// Removes what an earlier build of the package in the current folder left: the compiler keeps the output of
// sources that are gone. Run by the builds of the packages.
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
rmSync('tsconfig.tsbuildinfo', { force: true });
