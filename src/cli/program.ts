import { createRequire } from 'node:module';
import { CommanderError, Command as Definition } from 'commander';
import { FieldsealError, isFieldsealError } from '../errors.ts';
import type { Command, CommandGroup } from './commands/command.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT, type ExitCode, type Host } from './host.ts';
import { foreignName, printable, problemLine } from './problem.ts';

const ABOUT = 'Encrypts and decrypts DynamoDB items as the AWS Database Encryption SDK does.';
const EXIT_CODES = `
Exit codes: 0 everything was done, 1 some lines or a call failed, 2 the configuration or the arguments are refused.`;

/**
 * Runs the command line and gives its exit code. A failure that gets as far as here came before any line was read and any service called; it
 * is told on standard error as `fieldseal: CODE: message`.
 */
export async function runCommandLine(args: readonly string[], host: Host): Promise<ExitCode> {
  let outcome: ExitCode = EXIT.done;
  const program = programFor(host, code => {
    outcome = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return outcome;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.refused;
    return refuse(host, error);
  }
}

type Settle = (code: ExitCode) => void;

function programFor(host: Host, settle: Settle): Definition {
  const program = new Definition('fieldseal')
    .description(ABOUT)
    .version(packageVersion())
    .exitOverride()
    .configureOutput({
      writeOut: text => host.stdout.write(text),
      writeErr: text => host.stderr.write(text),
      outputError: (text, write) => write(argumentProblem(text)),
    })
    .addHelpText('after', EXIT_CODES);
  for (const entry of COMMANDS) addTo(program, entry, host, settle);
  return program;
}

function addTo(parent: Definition, entry: Command | CommandGroup, host: Host, settle: Settle): void {
  const definition = entry.describe(parent.command(entry.name).summary(entry.summary));
  if ('commands' in entry) {
    for (const command of entry.commands) addTo(definition, command, host, settle);
    return;
  }
  definition.action(async () => {
    const operands: string[] = definition.processedArgs.flat(); // texts, as describe() declares them
    settle(await entry.run(operands, definition.opts(), host));
  });
}

/** Commander's own words, of an unknown option only its name: somebody may have tried to give a key as an argument. */
function argumentProblem(text: string): string {
  const words = text
    .replace(/^error: /, '')
    .replace(/(unknown option '(?:--[^'=]*|-[^'-]))[^']*'/, "$1'")
    .trim()
    .split(/\s*\n\s*/);
  return `${printable(`fieldseal: INPUT_INVALID: ${words.join(' ')}`)}\n`;
}

function refuse({ stderr }: Host, error: unknown): ExitCode {
  const known = missingPackage(error) ?? error;
  stderr.write(problemLine('fieldseal', known));
  return isFieldsealError(known) ? EXIT.refused : EXIT.failed;
}

/** Drivers and SDKs are optional: say which one this command needs. */
function missingPackage(error: unknown): FieldsealError | undefined {
  if (!(error instanceof Error) || !foreignName(error).endsWith('ERR_MODULE_NOT_FOUND')) return undefined;
  const name = /^Cannot find package '([^']+)'/.exec(error.message)?.[1];
  return name === undefined ? undefined : new FieldsealError('CONFIG_INVALID', `this needs the package ${name}: npm install ${name}`);
}

function packageVersion(): string {
  const { version }: { version: string } = createRequire(import.meta.url)('fieldseal/package.json');
  return version;
}
