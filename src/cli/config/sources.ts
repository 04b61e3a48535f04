import { dirname, resolve } from 'node:path';
import { decodeBase64 } from '../../bytes/base64.ts';
import { copyKey, zero } from '../../bytes/secret.ts';
import type { Members } from './members.ts';
import { readWholeFile, type WholeFile } from './whole-file.ts';

/** Long base64 texts are no such name: they are keys in the wrong member, and must not be printed. */
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** Where key material of a configuration comes from: its own members, files that it names, environment variables. */
export class Sources {
  readonly #config: WholeFile;
  readonly #env: NodeJS.ProcessEnv;
  /** Paths of the members with secrets, by the file that others can read. */
  readonly #exposed = new Map<string, string[]>();

  constructor(config: WholeFile, env: NodeJS.ProcessEnv) {
    this.#config = config;
    this.#env = env;
  }

  /** Key bytes: base64 in the member `name`, or in the environment variable that `<name>Env` names. The receiver zeroes them. */
  key(members: Members, name: string): Uint8Array {
    const [source, text] = this.#keyText(members, name);
    const decoded = decodeBase64(text);
    if (decoded === undefined) throw members.refusal(source, 'is not base64 with padding');
    const key = copyKey(decoded);
    zero(decoded);
    return key;
  }

  /** PEM in the member `name`, or in the file that `<name>File` names; undefined when there is neither. */
  async pem(members: Members, name: string, { secret }: { readonly secret: boolean }): Promise<string | undefined> {
    const [inline, inFile] = [members.has(name), members.has(`${name}File`)];
    if (inline && inFile) throw members.refusal(name, `and ${name}File are both given; give one`);
    if (inline) return this.#noted(members, name, this.#config, secret, members.text(name));
    if (!inFile) return undefined;
    const path = members.text(`${name}File`);
    if (/-----|[\r\n]/.test(path)) throw members.refusal(`${name}File`, 'is no path of a file: did the key itself get there?');
    const file = await readWholeFile(resolve(dirname(this.#config.path), path));
    return this.#noted(members, `${name}File`, file, secret, file.bytes.toString('utf8'));
  }

  /** One warning for each file that holds a secret and that others can read. */
  warnings(): readonly string[] {
    return [...this.#exposed].map(
      ([path, members]) => `${path} can be read by other users and holds a secret (${members.join(', ')}); chmod 600 it`,
    );
  }

  #keyText(members: Members, name: string): readonly [source: string, text: string] {
    const variableName = `${name}Env`;
    const [inline, inVariable] = [members.has(name), members.has(variableName)];
    if (inline === inVariable)
      throw members.refusal(name, inline ? `and ${variableName} are both given; give one` : `or ${variableName} is missing`);
    if (inline) return [name, this.#noted(members, name, this.#config, true, members.text(name))];
    const variable = members.text(variableName);
    if (!VARIABLE_NAME.test(variable))
      throw members.refusal(variableName, 'is no name of an environment variable: did the key itself get there?');
    const text = this.#env[variable];
    if (text === undefined) throw members.refusal(variableName, 'names a variable that is not set in the environment');
    return [variableName, text];
  }

  #noted(members: Members, name: string, file: WholeFile, secret: boolean, text: string): string {
    if (secret && file.othersCanRead) this.#exposed.set(file.path, [...(this.#exposed.get(file.path) ?? []), members.pathOf(name)]);
    return text;
  }
}
