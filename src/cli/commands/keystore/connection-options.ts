import { type Command as Definition, Option } from 'commander';
import type { KeyStoreAddress } from '../../keystore/connect.ts';

/** Their names as `opts()` has them, for options that exclude them. */
export const CONNECTION_OPTIONS: readonly string[] = ['table', 'logicalName', 'kmsKeyArn', 'region', 'endpoint', 'kmsEndpoint'];

/** Which of the options must be given. */
interface Needed {
  readonly table: boolean;
  readonly kmsKeyArn: boolean;
}

/** Declares how a key store is reached, alike for every command of the group. */
export function describeConnection(definition: Definition, needed: Needed): Definition {
  return definition
    .addOption(new Option('-t, --table <name>', "the key store's DynamoDB table").makeOptionMandatory(needed.table))
    .option('--logical-name <name>', "logical key store name, bound to every key (default: the table's name)")
    .addOption(new Option('--kms-key-arn <arn>', 'KMS key that the branch keys are under').makeOptionMandatory(needed.kmsKeyArn))
    .option('--region <region>', "of the table (default: the KMS key's, or the one that AWS SDKs find)")
    .option('--endpoint <url>', 'of DynamoDB and KMS, when they are not in AWS')
    .option('--kms-endpoint <url>', 'of KMS, when it is another one')
    .option('--json', 'JSON instead of text');
}

/** What was given of the options that {@link describeConnection} declares. */
export function addressOf(options: Readonly<Record<string, unknown>>): KeyStoreAddress {
  const given = CONNECTION_OPTIONS.flatMap(name => (options[name] === undefined ? [] : [[name, String(options[name])]]));
  return Object.fromEntries(given);
}
