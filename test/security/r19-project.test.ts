import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

describe('requirement 19: what the project promises', () => {
  it.each([/report/i, /supported/i, /guarantee/i, /cannot|limit/i, /dependenc/i, /not a product of AWS|independent/i])(
    'SECURITY.md speaks of %s',
    topic => {
      expect(read('SECURITY.md')).toMatch(topic);
    },
  );

  it('the threat model names the limits', () => {
    const text = read('docs/threat-model.md').toLowerCase();
    for (const limit of ['older version', 'delete', 'copy', 'unsigned', 'best effort', 'fips']) expect(text).toContain(limit);
  });

  it('no install script runs on a user’s machine', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const hook of ['preinstall', 'install', 'postinstall', 'prepare']) expect(scripts).not.toHaveProperty(hook);
  });

  it('dependencies are few, pinned by the lock file, and each has its reason', () => {
    const { dependencies, peerDependencies } = JSON.parse(read('package.json')) as Record<
      'dependencies' | 'peerDependencies',
      Record<string, string>
    >;
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, unknown> };
    const reasons = read('docs/decisions/0002-dependencies.md');
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(5);
    for (const name of [...Object.keys(dependencies), ...Object.keys(peerDependencies)]) {
      expect(reasons).toContain(`\`${name}\``);
      expect(lock.packages).toHaveProperty([`node_modules/${name}`]);
    }
  });
});
