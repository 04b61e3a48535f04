import { multi } from '../../../keys/factories.ts';
import type { KeyringReader } from './keyring-reader.ts';

export const readMulti: KeyringReader = async (members, _sources, readKeyring) => {
  const generator = members.has('generator') ? await readKeyring(members.value('generator'), members.pathOf('generator')) : undefined;
  const children: unknown = members.value('children') ?? [];
  if (!Array.isArray(children)) throw members.refusal('children', 'must be a list of keyrings');
  return multi({
    ...(generator && { generator }),
    children: await Promise.all(children.map((child, index) => readKeyring(child, members.pathOf(`children[${index}]`)))),
  });
};
