import type { Command, CommandGroup } from './command.ts';
import { decrypt, encrypt } from './convert.ts';
import { inspect } from './inspect.ts';
import { keystore } from './keystore/index.ts';

/** What `fieldseal` can do, in the order of its help. */
export const COMMANDS: readonly (Command | CommandGroup)[] = [encrypt, decrypt, inspect, keystore];
