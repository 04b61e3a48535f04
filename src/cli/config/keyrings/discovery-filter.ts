import type { DiscoveryFilter } from '../../../keys/esdk/arn.ts';
import { Members } from '../members.ts';

/** The member `discoveryFilter`. Throws CONFIG_INVALID. */
export function readDiscoveryFilter(members: Members): DiscoveryFilter {
  const filter = new Members(members.value('discoveryFilter'), members.pathOf('discoveryFilter'));
  const read = { ...filter.texts('partition'), accountIDs: filter.list('accountIDs') };
  filter.end();
  return read;
}
