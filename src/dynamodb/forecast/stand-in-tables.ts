import { randomKey } from '../../bytes/secret.ts';
import { Keyring, type Leaf } from '../../keys/leaf.ts';
import type { EncryptedTable, EncryptedTables } from '../encrypted-table.ts';
import { encryptAttributes } from '../item.ts';
import { withLeakCheck } from '../leak-check.ts';
import type { Settings } from '../settings.ts';

const DATA_KEY_LENGTH = 32;
/** About what KMS makes of a data key: whether an item is too large is told nearly. */
const CIPHERTEXT_LENGTH = 184;

/** Told of each item that is to be encrypted, and taken back for one that is refused before it needs a key. */
type Count = (change: 1 | -1) => void;

/**
 * Tables that encrypt as the given ones do, under keys that exist nowhere else, and count the items. They refuse what the real ones refuse, as far as
 * that needs no key service.
 */
export function standInTables(tables: EncryptedTables, { leakCheck }: Settings, count: Count): EncryptedTables {
  return new Map(Array.from(tables, ([name, table]) => [name, standIn(table, leakCheck, count)]));
}

function standIn(table: EncryptedTable, leakCheck: Settings['leakCheck'], count: Count): EncryptedTable {
  const seal: EncryptedTable['seal'] = async item => {
    const { keyring } = table.setup;
    let needsKey = false;
    const leaves = keyring.leaves.map(leaf => standInLeaf(leaf, () => (needsKey = true)));
    count(1);
    try {
      return await encryptAttributes({ ...table.setup, keyring: new Keyring(leaves, keyring.canEncrypt) }, item);
    } catch (error) {
      if (!needsKey) count(-1);
      throw error;
    }
  };
  const encrypt = table.policy.writesPlaintext ? table.encrypt : seal;
  return { ...table, ...withLeakCheck({ ...table, encrypt, seal }, leakCheck) };
}

function standInLeaf({ name, generate }: Leaf, used: () => void): Leaf {
  const leaf: Leaf = { name, unwrap: async () => undefined };
  if (generate === undefined) return leaf;
  const encryptedKey = { providerId: 'stand-in', providerInfo: new Uint8Array(0), ciphertext: new Uint8Array(CIPHERTEXT_LENGTH) };
  return {
    ...leaf,
    async generate() {
      used();
      return { key: randomKey(DATA_KEY_LENGTH), encryptedKey };
    },
  };
}
