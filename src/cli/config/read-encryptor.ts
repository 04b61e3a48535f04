import { type ItemEncryptor, type ItemEncryptorOptions, itemEncryptor } from '../../dynamodb/item-encryptor.ts';
import { FieldsealError, isFieldsealError } from '../../errors.ts';
import type { Keyring } from '../../keys/leaf.ts';
import { attributeActions } from '../../schema/attribute-actions.ts';
import type { StructureConfig } from '../../schema/structure.ts';
import type { Table } from '../../schema/table.ts';
import type { Host } from '../host.ts';
import { parseJsonObject } from '../items/json-text.ts';
import { printable } from '../problem.ts';
import { readKeyring } from './keyrings/index.ts';
import { Members } from './members.ts';
import { Sources } from './sources.ts';
import { readWholeFile, type WholeFile } from './whole-file.ts';

/** What a configuration file makes. */
export interface ConfiguredTable {
  readonly table: Table;
  readonly keyring: Keyring;
  readonly encryptor: ItemEncryptor<Table>;
  /** The plaintext policy lets items be written as they are. */
  readonly writesPlaintext: boolean;
}

/**
 * Reads a configuration file. Throws CONFIG_INVALID, SCHEMA_INVALID or KEYRING_REFUSED, naming the file. Warns on standard error of a file
 * that holds a secret and that others can read.
 */
export async function readEncryptor(path: string, { env, stderr }: Host): Promise<ConfiguredTable> {
  const file = await readWholeFile(path);
  const sources = new Sources(file, env);
  try {
    return await configuredTable(file, sources);
  } catch (error) {
    throw isFieldsealError(error) ? new FieldsealError(error.code, `${path}: ${error.message}`, { cause: error }) : error;
  } finally {
    for (const warning of sources.warnings()) stderr.write(`${printable(`fieldseal: warning: ${warning}`)}\n`);
  }
}

async function configuredTable(file: WholeFile, sources: Sources): Promise<ConfiguredTable> {
  const members = new Members(parseJsonObject(file.bytes, 'the configuration', 'CONFIG_INVALID'), '');
  const structure = readStructure(members);
  const options = readOptions(members);
  const keyringConfig = members.value('keyring');
  members.end();
  const table = attributeActions(structure);
  const keyring = await readKeyring(keyringConfig, 'keyring', sources);
  const encryptor = itemEncryptor({ table, keyring, ...options });
  return { table, keyring, encryptor, writesPlaintext: options.plaintextOverride === 'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' };
}

/** Types and names are checked where the structure is defined, for every configuration alike. */
function readStructure(members: Members): StructureConfig {
  return Object.fromEntries(
    [
      'logicalTableName',
      'partitionKeyName',
      'sortKeyName',
      'attributeActionsOnEncrypt',
      'allowedUnsignedAttributes',
      'allowedUnsignedAttributePrefix',
    ].map(name => [name, members.value(name)]),
  ) as unknown as StructureConfig; // attributeActions() takes anything and refuses what is no StructureConfig
}

type Options = Omit<ItemEncryptorOptions<Table>, 'table' | 'keyring' | 'translate'>;

function readOptions(members: Members): Options {
  return {
    ...members.optionalTexts('algorithmSuiteId', 'plaintextOverride'),
    ...members.optionalNumbers('maxEncryptedDataKeys'),
    ...members.optionalLists('acceptSuites'),
    ...members.optionalMaps('requiredEncryptionContext'),
  } as Options; // itemEncryptor() refuses names of suites and policies that it does not know
}
