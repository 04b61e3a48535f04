import type { Command as Definition } from 'commander';
import type { ExitCode, Host } from '../host.ts';

/** One command of the command line. What it needs to run is loaded when it runs, so that help is quick. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Declares arguments, options and help. */
  describe(definition: Definition): Definition;
  /** `options` are those that `describe` declares. Throws a FieldsealError only before it reads any line or calls any service. */
  run(operands: readonly string[], options: Readonly<Record<string, unknown>>, host: Host): Promise<ExitCode>;
}

/** A command that only holds others: `fieldseal GROUP COMMAND`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  /** Declares help. */
  describe(definition: Definition): Definition;
  readonly commands: readonly Command[];
}
