// Builds all packages. Unchanged ones come from the cache.
import { ensureInstalled, root, run } from './ensure-installed.mjs';

ensureInstalled();
const path = `${root}node_modules/.bin:${process.env.PATH}`;
run('turbo', ['run', 'build', '--output-logs=errors-only', '--no-update-notifier'], {
  env: { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
});
