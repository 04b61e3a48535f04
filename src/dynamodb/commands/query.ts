import { pages } from '../reads/pages.ts';
import type { CommandRules } from './command.ts';

/** Query: items come back verified and decrypted. */
export const query: CommandRules = { writes: false, handle: pages };
