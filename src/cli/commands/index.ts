import type { Command } from './command.ts';
import { decrypt, encrypt } from './convert.ts';
import { inspect } from './inspect.ts';

/** What `fieldseal` can do, in the order of its help. */
export const COMMANDS: readonly Command[] = [encrypt, decrypt, inspect];
