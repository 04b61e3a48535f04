/** Partition and sort keys of every key type, in both versions and both suites, and odd key names. */
import { B, BOOL, CONTEXT, config, ENCRYPT, L, N, NULL, S, WITH_ECDSA, WITHOUT_ECDSA } from './parts.mjs';

const partitions = { S: S('käse-🙂'), N: N('1.50'), B: B(0, 255, 128) };
const sorts = { none: undefined, S: S(''), N: N('-0'), B: B(1) };
const unusual = { BOOL: BOOL(false), NULL: NULL(), L: L(S('a'), N('1.0')), 'S empty': S('') };
const keyNames = [
  ['__proto__', 'constructor'],
  ['é', '\u{10001}'],
  ['\uFF5E', '\u{10001}'],
  ['b', 'a'],
  ['Pk', 'aaa'],
  ['p'.repeat(255), 's'.repeat(255)],
];

const versions = [
  { version: 1, actions: { secret: ENCRYPT } },
  { version: 2, actions: { secret: ENCRYPT, tenant: CONTEXT } },
];
const suites = [WITHOUT_ECDSA, WITH_ECDSA];

/** @returns {import('./parts.mjs').Case[]} */
export function keyAttributeCases() {
  const rest = { secret: S('secret'), tenant: S('tenant-1') };
  /** @type {import('./parts.mjs').Case[]} */
  const cases = [];
  for (const { version, actions } of versions) {
    const others = version === 2 ? rest : { secret: rest.secret };
    suites.forEach((algorithmSuiteId, suite) => {
      for (const [type, id] of Object.entries(partitions)) {
        for (const [sortType, range] of Object.entries(sorts)) {
          cases.push({
            name: `keys v${version} suite ${suite}: partition ${type}, sort ${sortType}`,
            config: config(actions, { algorithmSuiteId, ...(range === undefined ? {} : { sortKeyName: 'range' }) }),
            item: { id, ...(range === undefined ? {} : { range }), ...others },
          });
        }
      }
    });
    for (const [type, id] of Object.entries(unusual)) {
      cases.push({ name: `keys v${version}: partition ${type}`, config: config(actions), item: { id, ...others } });
    }
    for (const [partitionKeyName = '', sortKeyName = ''] of keyNames) {
      const label = JSON.stringify([partitionKeyName.slice(0, 12), sortKeyName.slice(0, 12)]);
      cases.push({
        name: `keys v${version}: names ${label}`,
        config: config(actions, { partitionKeyName, sortKeyName }),
        item: { ...others, [partitionKeyName]: S('partition'), [sortKeyName]: N('9') },
      });
    }
  }
  return cases;
}
