import type { Call } from '../commands/command.ts';
import { isRefusal, redact, refuseCachedHandlers, type Wrapping } from '../hooks.ts';
import { internalRequests, type OwnRequests, type Terminal } from '../wire.ts';

/** What a rewriting needs that no command of the caller's began. */
export interface OwnCall extends Pick<Call, 'settings' | 'translate' | 'signal' | 'doubtfulSendings'> {
  readonly requests: Pick<OwnRequests, 'get' | 'update'>;
}

/** What is used of a request handler of the SDK. */
interface RequestHandler {
  handle(request: unknown, options: { readonly abortSignal?: AbortSignal }): Promise<unknown>;
}

/** Requests beside those of a wrapped client: they go through the plain client's middleware, and stop with `signal`. */
export function ownCall({ client, settings }: Wrapping, signal: AbortSignal | undefined): OwnCall {
  refuseCachedHandlers(client.config);
  const { requestHandler, translateConfig = {} } = client.config as {
    readonly requestHandler: RequestHandler; // of every client of the SDK
    readonly translateConfig?: Call['translate']; // of document clients
  };
  const options = signal === undefined ? {} : { abortSignal: signal };
  const plain: Terminal = ({ request }) => requestHandler.handle(request, options);
  let doubtful = 0;
  const counted: Terminal = async args => {
    const before = doubtful;
    doubtful = before + 1;
    const answer = await plain(args);
    if (isRefusal(answer)) doubtful = before;
    return answer;
  };
  const reads = internalRequests(client, () => plain, redact);
  const writes = internalRequests(client, () => counted, redact);
  return {
    settings,
    translate: translateConfig,
    signal,
    doubtfulSendings: () => doubtful,
    requests: {
      get: reads.get,
      update(input) {
        doubtful = 0;
        return writes.update(input);
      },
    },
  };
}
