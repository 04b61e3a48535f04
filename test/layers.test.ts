import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Which rooms each room may import, next to itself, `bytes` and `errors.ts`. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  bytes: [],
  format: [],
  schema: [],
  diagnostics: [],
  access: ['schema', 'diagnostics'],
  keys: ['format', 'diagnostics'],
  record: ['format', 'schema', 'keys', 'access', 'diagnostics'],
  dynamodb: ['format', 'schema', 'keys', 'record', 'access', 'diagnostics'],
  cli: ['format', 'schema', 'keys', 'record', 'dynamodb', 'access', 'diagnostics'],
  otel: ['diagnostics'],
  decorators: ['schema'],
  testing: ['format', 'schema', 'keys', 'record', 'dynamodb', 'cli', 'access', 'diagnostics'],
  'index.ts': ['schema', 'access', 'diagnostics'],
};

/** Packages that a room may load, besides Node's own modules. Type-only imports count too. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  bytes: [],
  format: [],
  schema: ['@standard-schema/spec'],
  keys: ['@aws-crypto/client-node', '@aws-crypto/material-management-node', '@aws-sdk/client-dynamodb', '@aws-sdk/client-kms', 'lru-cache'],
  diagnostics: [],
  access: [],
  record: [],
  otel: ['@opentelemetry/api'],
  decorators: ['@standard-schema/spec'],
  dynamodb: ['@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb', '@aws-sdk/util-dynamodb', 'lru-cache'],
  cli: ['@aws-sdk/client-dynamodb', '@aws-sdk/client-kms', 'cli-progress', 'commander'],
  testing: ['@aws-sdk/client-kms'],
  'index.ts': [],
};

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));

describe('imports go downwards', () => {
  it('every room is in the table', () => {
    expect([...new Set(files.map(roomOf))].filter(room => !(room in ALLOWED))).toEqual([]);
  });

  it.each(files)('%s', file => {
    const room = roomOf(file);
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) {
        const target = roomOf(relative(SRC, resolve(SRC, dirname(file), specifier)));
        expect([room, 'bytes', 'errors.ts', ...(ALLOWED[room] ?? [])], `${file} imports ${specifier}`).toContain(target);
      } else if (!specifier.startsWith('node:')) {
        expect(PACKAGES[room], `${file} imports ${specifier}`).toContain(specifier);
      }
    }
  });

  it.each(files.filter(file => !file.endsWith('index.ts')))('%s imports files, not the index of a room', file => {
    expect(importsOf(file).filter(specifier => /(^|\/)index\.ts$/.test(specifier) && isRoomIndex(file, specifier))).toEqual([]);
  });
});

function roomOf(file: string): string {
  return file.split(sep)[0] ?? '';
}

/** Tables inside a room (`commands/index.ts`) may be imported; the public face of a room (`schema/index.ts`) may not. */
function isRoomIndex(file: string, specifier: string): boolean {
  return relative(SRC, resolve(SRC, dirname(file), specifier)).split(sep).length === 2;
}

function importsOf(file: string): string[] {
  const source = readFileSync(join(SRC, file), 'utf8');
  const statements = source.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm);
  return [...statements].flatMap(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? []);
}
