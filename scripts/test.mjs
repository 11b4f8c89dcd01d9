// Runs every test, after installing if need be. Arguments go to vitest: npm test -- packages/ir
import { ensureInstalled, root, run } from './ensure-installed.mjs';

ensureInstalled();
run('node', [`${root}node_modules/vitest/vitest.mjs`, 'run', ...process.argv.slice(2)]);
