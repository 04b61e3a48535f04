import { KmsServiceError } from '../service-error.ts';
import type { KmsOperation } from './operation.ts';

const ALIAS_NAME = /^alias\/[a-zA-Z0-9:/_-]{1,250}$/;

export const createAlias: KmsOperation = {
  accepts: ['AliasName', 'TargetKeyId'],
  run(input, { keys, region }) {
    const name = ownAliasName(input.text('AliasName'));
    keys.addAlias(region, name, keys.key(region, input.text('TargetKeyId')));
    return {};
  },
};

export const updateAlias: KmsOperation = {
  accepts: ['AliasName', 'TargetKeyId'],
  run(input, { keys, region }) {
    const name = ownAliasName(input.text('AliasName'));
    keys.moveAlias(region, name, keys.key(region, input.text('TargetKeyId')));
    return {};
  },
};

export const deleteAlias: KmsOperation = {
  accepts: ['AliasName'],
  run(input, { keys, region }) {
    keys.removeAlias(region, ownAliasName(input.text('AliasName')));
    return {};
  },
};

function ownAliasName(name: string): string {
  if (!ALIAS_NAME.test(name) || name.startsWith('alias/aws/'))
    throw new KmsServiceError('InvalidAliasNameException', `Invalid alias name ${name}`);
  return name;
}
