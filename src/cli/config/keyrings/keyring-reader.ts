import type { Keyring } from '../../../keys/leaf.ts';
import type { Members } from '../members.ts';
import type { Sources } from '../sources.ts';

/** Reads a keyring inside another one; `where` is its path in the configuration. */
export type ReadKeyring = (value: unknown, where: string) => Promise<Keyring>;

/** Makes the keyring of one type from its members. Throws CONFIG_INVALID; who calls it refuses the members it did not ask for. */
export type KeyringReader = (members: Members, sources: Sources, readKeyring: ReadKeyring) => Keyring | Promise<Keyring>;
