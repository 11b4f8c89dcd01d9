import { run } from './cli.ts';

// A reader that has seen enough, as `head`, is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// The bundle is a script, where nothing can be awaited.
run(process.argv.slice(2), process).then((code) => {
  process.exitCode = code;
});
