import type { Leaf } from '../../keys/leaf.ts';
import type { Wrapping } from '../hooks.ts';

/** Calls that keyrings make to KMS. */
export interface ForecastKmsCalls {
  readonly operation: 'GenerateDataKey' | 'Decrypt';
  readonly calls: number;
  /** How often: once for the command, for each encrypted item that is read or comes back, or for each branch key that is not cached. */
  readonly per: 'command' | 'item read' | 'branch key';
}

/** The calls for so many items that are written, and for the reading of any. An item that is read is opened by the first key. */
export function kmsCallsOf({ tables }: Wrapping, [name = '']: readonly string[], written: number, opens: boolean): ForecastKmsCalls[] {
  const leaves = tables.get(name)?.setup.keyring.leaves ?? [];
  const inKms = leaves.filter(({ service }) => service === 'KMS').length;
  const used: readonly Leaf[] = written > 0 ? leaves : opens ? leaves.slice(0, 1) : [];
  const fromStore = used.filter(({ service }) => service === 'key store').length;
  const calls: ForecastKmsCalls[] = [
    { operation: 'Decrypt', calls: fromStore, per: 'branch key' },
    { operation: 'Decrypt', calls: opens && leaves[0]?.service === 'KMS' ? 1 : 0, per: 'item read' },
    { operation: 'GenerateDataKey', calls: written * inKms, per: 'command' },
  ];
  return calls.filter(each => each.calls > 0);
}
