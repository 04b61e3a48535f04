import { describe, expect, it } from 'vitest';
import { aliasRules } from './kms-rules/aliases.ts';
import { dataKeyRules } from './kms-rules/data-keys.ts';
import { encryptionRules } from './kms-rules/encryption.ts';
import { keyStateRules } from './kms-rules/key-states.ts';
import { reEncryptionRules } from './kms-rules/re-encryption.ts';
import { regionRules } from './kms-rules/regions.ts';
import { type Connect, HOME, type Rule } from './kms-rules/rule.ts';

const RULES = {
  ...encryptionRules,
  ...dataKeyRules,
  ...reEncryptionRules,
  ...keyStateRules,
  ...aliasRules,
  ...regionRules,
};

/** The rules a KMS keeps, by their titles. */
type RuleTitle = keyof typeof RULES;

/** `everything`, or what the server answers instead where it does not do as AWS does. */
export type Enforces = 'everything' | { readonly everythingBut: Readonly<Partial<Record<RuleTitle, string>>> };

/**
 * Runs every rule against a server. A rule that the server does not enforce is not skipped: its title says so, and the test holds the
 * server to the answer that was recorded, so that a server which changes either way is noticed.
 */
export function kmsContract(name: string, connect: Connect, enforces: Enforces): void {
  const deviations = enforces === 'everything' ? {} : enforces.everythingBut;
  describe(`KMS contract: ${name}`, () => {
    for (const [title, rule] of Object.entries<Rule>(RULES)) {
      // The keys of RULES are its titles; Object.entries widens them to string.
      const instead = deviations[title as RuleTitle];
      const note = instead === undefined ? rule.answer : `${rule.answer} — NOT ENFORCED by ${name}, which gives ${instead}`;
      it(`${title}: ${note}`, async () => {
        expect(await answerOf(rule, connect)).toBe(instead ?? rule.answer);
      });
    }
  });
}

async function answerOf(rule: Rule, connect: Connect): Promise<string> {
  try {
    const answer = await rule.observe(connect(HOME), connect);
    return typeof answer === 'string' ? answer : 'ok';
  } catch (error) {
    if (error instanceof SyntaxError) return 'an answer that is not JSON';
    return error instanceof Error ? error.name : String(error);
  }
}
