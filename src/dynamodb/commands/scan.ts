import { pages } from '../reads/pages.ts';
import type { CommandRules } from './command.ts';

/** Scan, also in parallel segments: items come back verified and decrypted. */
export const scan: CommandRules = { writes: false, handle: pages };
