import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { DiagnosticsEvents } from './events.ts';

/** What is done with the events of some channels. */
export type Listeners = { readonly [C in keyof DiagnosticsEvents]?: (event: DiagnosticsEvents[C]) => void };

/** Listens until the function that it returns is called. `failed` gets what a listener throws: Node would end the process. */
export function listen(listeners: Listeners, failed: (error: unknown) => void): () => void {
  const subscribed = Object.entries(listeners).map(([name, listener]) => {
    const onMessage = (message: unknown): void => {
      try {
        listener(message as never); // only `publish` writes to the channel, and its type says what
      } catch (error) {
        failed(error);
      }
    };
    subscribe(name, onMessage);
    return () => unsubscribe(name, onMessage);
  });
  return () => {
    for (const end of subscribed) end();
  };
}
