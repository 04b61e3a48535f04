#!/usr/bin/env node
import process from 'node:process';
import { EXIT, flush } from './host.ts';
import { foreignName } from './problem.ts';
import { runCommandLine } from './program.ts';

// Whoever reads our output may stop at any time; what then remains to be written is not an error to tell anybody.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

// Node would print the message and source of an uncaught error, and both may hold values.
process.on('uncaughtException', error => {
  process.stderr.write(`fieldseal: INTERNAL: ${foreignName(error)}\n`);
  process.exit(EXIT.failed);
});

const code = await runCommandLine(process.argv.slice(2), process);
await Promise.all([flush(process.stdout), flush(process.stderr)]);
process.exit(code);
