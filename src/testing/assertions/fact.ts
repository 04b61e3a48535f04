/** One thing that was found out about what a test received. Says what is, never a value. */
export interface Fact {
  /** `neither` is what satisfies neither an expectation nor its negation: there is no item, or it is damaged. */
  readonly holds: 'yes' | 'no' | 'neither';
  readonly says: string;
}

/** What is expected, and what is expected after `.not`, in words that follow "expected". */
export interface Claim {
  readonly yes: string;
  readonly no: string;
}

const MOST_FACTS = 10;

/**
 * Why an expectation, or with `no` its negation, is not met; undefined when it is. Every fact must be as expected, of every item: a list of
 * which one item is encrypted is neither encrypted nor not encrypted.
 */
export function failureOf(claim: Claim, facts: readonly Fact[], expected: 'yes' | 'no'): string | undefined {
  const all: readonly Fact[] = facts.length === 0 ? [{ holds: 'neither', says: 'there is no item in what was received' }] : facts;
  const unmet = all.filter(({ holds }) => holds !== expected).map(({ says }) => says);
  if (unmet.length === 0) return undefined;
  const more = unmet.length > MOST_FACTS ? [`and ${unmet.length - MOST_FACTS} more`] : [];
  return [`expected ${claim[expected]}, but`, ...unmet.slice(0, MOST_FACTS), ...more].join('\n  - ');
}

export const ENCRYPTED: Claim = { yes: 'every item to be encrypted as it should be', no: 'nothing of it to be encrypted' };
export const ENCRYPTED_UNDER: Claim = { yes: 'every item to be encrypted under the key', no: 'no item to be encrypted under the key' };
export const NO_PLAINTEXT: Claim = { yes: 'no marker to be found', no: 'every marker to be found' };
