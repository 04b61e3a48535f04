import type { Bounds } from '../input.ts';
import { type KmsOperation, POLICY } from './operation.ts';

const WAITING_DAYS: Bounds = [7, 30];
const DEFAULT_WAITING_DAYS = 30;

export const createKey: KmsOperation = {
  accepts: ['Description', 'KeyUsage', 'KeySpec', 'CustomerMasterKeySpec', 'Origin', 'MultiRegion', ...POLICY],
  run(input, { keys, region }) {
    input.only('KeyUsage', 'ENCRYPT_DECRYPT');
    input.only('KeySpec', 'SYMMETRIC_DEFAULT');
    input.only('CustomerMasterKeySpec', 'SYMMETRIC_DEFAULT');
    input.only('Origin', 'AWS_KMS');
    const key = keys.create(region, { description: input.optionalText('Description') ?? '', multiRegion: input.flag('MultiRegion') });
    return { KeyMetadata: key.metadata() };
  },
};

export const enableKey: KmsOperation = {
  accepts: ['KeyId'],
  run(input, { keys, region }) {
    keys.key(region, input.text('KeyId')).setEnabled(true);
    return {};
  },
};

export const disableKey: KmsOperation = {
  accepts: ['KeyId'],
  run(input, { keys, region }) {
    keys.key(region, input.text('KeyId')).setEnabled(false);
    return {};
  },
};

/** The key is never deleted, however long one waits: a key that is pending deletion is as useless as a deleted one. */
export const scheduleKeyDeletion: KmsOperation = {
  accepts: ['KeyId', 'PendingWindowInDays'],
  run(input, { keys, region }) {
    const days = input.optionalInteger('PendingWindowInDays', WAITING_DAYS) ?? DEFAULT_WAITING_DAYS;
    const key = keys.key(region, input.text('KeyId'));
    key.scheduleDeletion(days);
    return key.deletion();
  },
};

export const cancelKeyDeletion: KmsOperation = {
  accepts: ['KeyId'],
  run(input, { keys, region }) {
    const key = keys.key(region, input.text('KeyId'));
    key.cancelDeletion();
    return { KeyId: key.arn };
  },
};
