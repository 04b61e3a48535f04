import { Console } from 'node:console';
import { Writable } from 'node:stream';

/** What a console prints of a value, by log and dir, alone and inside others. */
export function printedByConsole(value: unknown): string {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  const console = new Console(stream);
  console.log(value, [value], { value });
  console.log('%s %o %O %j', value, value, value, value);
  console.dir(value);
  console.dir({ value }, { depth: 9, showHidden: true });
  return text;
}
