import { KEYRINGS } from '../config/keyrings/index.ts';

const INDENT = 2;
const TYPE_WIDTH = 19;

/** The configuration file, as the help of each command that takes one shows it. */
export const CONFIG_HELP: string = `
The configuration file is JSON, with DB-ESDK's names:

  { "logicalTableName": "users", "partitionKeyName": "id", "sortKeyName": "kind",
    "attributeActionsOnEncrypt": { "id": "SIGN_ONLY", "kind": "SIGN_ONLY", "ssn": "ENCRYPT_AND_SIGN", "seenAt": "DO_NOTHING" },
    "allowedUnsignedAttributes": ["seenAt"],
    "keyring": { "type": "aws-kms", "kmsKeyId": "arn:aws:kms:…" } }

It also takes algorithmSuiteId, allowedUnsignedAttributePrefix, plaintextOverride, maxEncryptedDataKeys, acceptSuites and
requiredEncryptionContext. Keyring types and their members:

${keyringLines()}

File names are relative to the configuration file. A key is never given as an argument.`;

function keyringLines(): string {
  const continued = `\n${' '.repeat(INDENT + TYPE_WIDTH)}`;
  return [...KEYRINGS]
    .map(([type, { members }]) => ' '.repeat(INDENT) + type.padEnd(TYPE_WIDTH) + members.replaceAll('\n', continued))
    .join('\n');
}
