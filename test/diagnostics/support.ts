import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { DiagnosticsEvents } from 'fieldseal';

/** The events of all channels, or of some, as they were published. */
export type Heard = { readonly [C in keyof DiagnosticsEvents]: DiagnosticsEvents[C][] };

/** Listens on all channels until it is disposed of. */
export function hearing(): { readonly heard: Heard } & Disposable {
  const heard: Heard = {
    'fieldseal:encrypt': [],
    'fieldseal:decrypt': [],
    'fieldseal:kms': [],
    'fieldseal:cache': [],
    'fieldseal:audit': [],
  };
  const ends = Object.entries(heard).map(([name, events]) => {
    const hear = (event: unknown): unknown => events.push(event as never); // the channel says what it is
    subscribe(name, hear);
    return () => unsubscribe(name, hear);
  });
  return {
    heard,
    [Symbol.dispose]() {
      for (const end of ends) end();
    },
  };
}
