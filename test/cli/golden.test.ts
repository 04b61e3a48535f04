import { describe, expect, it } from 'vitest';
import { readGolden } from '../interop/golden.mjs';
import { lines, parsed, Scratch } from './fixtures.ts';
import { fieldseal } from './program.ts';

const CONFIGS = 12;
const scratch = new Scratch();

type Golden = ReturnType<typeof readGolden>[number];

/** All items of some configurations, spread over the corpus. Newer Nodes do not decrypt PKCS #1 v1.5. */
function sample(peer: string): [string, Golden[]][] {
  const byConfig = new Map<string, Golden[]>();
  for (const golden of readGolden(peer)) {
    const config = JSON.stringify(golden.config);
    byConfig.set(config, [...(byConfig.get(config) ?? []), golden]);
  }
  const usable = [...byConfig].filter(([config]) => !config.includes('PKCS1') && !config.includes('plaintextOverride'));
  const step = Math.floor(usable.length / CONFIGS);
  return usable.filter((_, index) => index % step === 0).slice(0, CONFIGS);
}

describe.each(['java', 'rust'])("items that AWS's %s library wrote", peer => {
  it.each(sample(peer).map(([config, items], index) => [items[0]?.name ?? '', config, items, index] as const))(
    'open on the command line: %s',
    async (_, config, items, index) => {
      const path = scratch.write(`${peer}-${index}.json`, JSON.stringify({ ...JSON.parse(config), maxEncryptedDataKeys: 255 }));
      const { code, stdout, stderr } = await fieldseal(['decrypt', '-c', path], {
        input: lines(...items.map(({ encrypted }) => encrypted)),
      });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(parsed(stdout)).toEqual(items.map(({ decrypted }) => decrypted));
    },
  );
});
