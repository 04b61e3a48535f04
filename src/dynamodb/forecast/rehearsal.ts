import { setImmediate as turn } from 'node:timers/promises';
import type { Shape } from '../commands/command.ts';
import { hookedStack, type Stack, type Wrapping } from '../hooks.ts';
import { clientMemory } from '../writes/memory.ts';
import { standInTables } from './stand-in-tables.ts';

/** What is used of a command of the SDK, whatever its version. */
export interface SdkCommand {
  readonly input: object;
  readonly middlewareStack: object;
}

/** What a wrapped client did with a command until the first request that it waits for. */
export interface Rehearsal {
  /** The SDK's name of the command: `PutItemCommand`, also of the document client's `PutCommand`. */
  readonly commandName: string;
  /** What the caller's own request would be sent with, in DynamoDB's own form; undefined when it was refused, or items must be read before. */
  readonly sent: Shape | undefined;
  /** How many items would be read, to be rewritten, before the caller's own request. */
  readonly reads: number;
  /** How many items were encrypted for that request, or for one that was refused afterwards. */
  readonly encryptions: number;
  /** What was thrown. */
  readonly error: unknown;
}

/** What is used of a command to run it; the SDK's types fix the client's. */
interface Runnable {
  resolveMiddleware(stack: object, config: object, options: object): (command: unknown) => Promise<unknown>;
}
interface Context {
  readonly commandName?: string;
}
type Cut = () => (args: { readonly input: Shape }) => Promise<never>;

/** Ends the rehearsal where a request would leave the process. */
class Curtain extends Error {}

const SILENT = Object.fromEntries(['trace', 'debug', 'info', 'warn', 'error'].map(level => [level, () => undefined]));
const NOBODY = async (): Promise<object> => ({ accessKeyId: 'nobody', secretAccessKey: 'nobody' });
/** Actions of a transaction at most: all begin before the first is waited for. */
const MOST_ACTIONS = 100;

/**
 * Runs a command through the hooks of a wrapped client, over tables that encrypt under stand-in keys, up to the place where the SDK would serialise a
 * request. No request is made, no credentials are asked for, nothing is logged or remembered.
 */
export async function rehearse(client: { readonly config: object }, wrapping: Wrapping, command: SdkCommand): Promise<Rehearsal> {
  const seen = new Seen();
  const config = { ...client.config, logger: SILENT, credentials: NOBODY };
  const stack = rehearsedStack(wrapping, config, seen);
  try {
    await (command as SdkCommand & Runnable).resolveMiddleware(stack, config, {})(command); // every command of the SDK has it
    return seen.rehearsal();
  } catch (error) {
    return seen.rehearsal(error instanceof Curtain ? undefined : error);
  }
}

/** The stack of a wrapped client, cut off where the caller's request and those of our own would begin. */
function rehearsedStack(wrapping: Wrapping, config: object, seen: Seen): Stack {
  const plain = wrapping.client.middlewareStack as Stack; // the SDK's class, of which Stack is what we use
  const reading = plain.clone();
  const cutRead: Cut = () => () => seen.read();
  reading.add(cutRead as never, { name: 'fieldsealCutRead', step: 'initialize', priority: 'high', override: true }); // it calls no next
  const stack = hookedStack(plain, {
    ...wrapping,
    tables: standInTables(wrapping.tables, wrapping.settings, change => (seen.encryptions += change)),
    settings: { ...wrapping.settings, concurrency: MOST_ACTIONS, updateTimeoutMs: 1 },
    memory: { ...clientMemory(), resend: wrapping.memory.resend },
    client: { config, middlewareStack: reading },
  });
  const { concat } = stack;
  const cut: Cut =
    () =>
    async ({ input }) =>
      seen.request(input);
  stack.concat = from => {
    const joined = concat(from);
    joined.add(seen.named as never, { name: 'fieldsealNamed', step: 'initialize', priority: 'high', override: true }); // it changes nothing
    joined.addRelativeTo(cut as never, { name: 'fieldsealCut', relation: 'after', toMiddleware: 'fieldsealSend', override: true }); // it calls no next
    return joined;
  };
  return stack;
}

/** Keeps the record of one rehearsal. */
class Seen {
  encryptions = 0;
  #commandName = '';
  #reads = 0;
  #sent: Shape | undefined;

  /** A middleware that learns the name of the command. */
  readonly named = (next: unknown, { commandName = '' }: Context): unknown => {
    this.#commandName = commandName;
    return next;
  };

  /** Lets all that goes on beside it begin, then ends the rehearsal. */
  async read(): Promise<never> {
    this.#reads++;
    let before: number;
    do {
      before = this.#reads + this.encryptions;
      await turn();
    } while (before < this.#reads + this.encryptions);
    throw new Curtain();
  }

  request(input: Shape): never {
    this.#sent = input;
    throw new Curtain();
  }

  rehearsal(error?: unknown): Rehearsal {
    return { commandName: this.#commandName, sent: this.#sent, reads: this.#reads, encryptions: this.encryptions, error };
  }
}
