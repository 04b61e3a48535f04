import { chmodSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { lines, Scratch, TEST_KEY, USERS, user } from '../cli/fixtures.ts';
import { inProcess } from '../cli/in-process.ts';

const scratch = new Scratch();

describe('requirement 18: the command line', () => {
  it('caps the length of a line, with a code, and goes on behind it when asked to', async () => {
    const input = lines(user('a'), user('b', 'x'.repeat(2000)), user('c'));
    const args = ['encrypt', '--config', scratch.config(), '--max-line-bytes', '1000', '--on-error', 'skip'];
    const { code, stdout, stderr } = await inProcess(args, { input });
    expect(code).toBe(1);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(stderr).toContain('-:2: LINE_TOO_LONG');
    expect(stderr).not.toContain('xxx');
  });

  it.skipIf(process.platform === 'win32')('warns of a configuration with a wrapping key that others can read', async () => {
    const config = scratch.config(USERS, 'open.json');
    chmodSync(config, 0o644);
    const open = await inProcess(['encrypt', '--config', config], { input: lines(user('a')) });
    expect(open.stderr).toContain('can be read by other users and holds a secret (keyring.wrappingKey)');
    expect(open.stderr).not.toContain(TEST_KEY);
    chmodSync(config, 0o600);
    expect((await inProcess(['encrypt', '--config', config], { input: lines(user('a')) })).stderr).toBe('');
  });

  it('takes no key from its arguments, and does not print one that was put there', async () => {
    for (const argument of [`--wrapping-key=${TEST_KEY}`, `--wrappingKey=${TEST_KEY}`, `--key=${TEST_KEY}`]) {
      const { code, stdout, stderr } = await inProcess(['encrypt', '--config', scratch.config(), argument], { input: lines(user('a')) });
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).not.toContain(TEST_KEY);
    }
  });
});
