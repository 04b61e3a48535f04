import { clearLine, cursorTo } from 'node:readline';
import type { MultiBar, SingleBar } from 'cli-progress';

/** Figures that the bar shows. */
export interface Counts {
  readonly bytesRead: number;
  readonly written: number;
  readonly failed: number;
}

const FIGURES = '{items} items, {failed} failed, {rate} items/s';
const UPDATES_PER_SECOND = 8;

/**
 * A bar on a terminal, the last line of it. Made only where there is a terminal, so that cli-progress is loaded only there. (Its MultiBar, since
 * its SingleBar moves the cursor to where it began, over lines that were written meanwhile.)
 */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #bars: MultiBar;
  readonly #bar: SingleBar;
  readonly #now: () => number;
  readonly #start: number;

  private constructor(stream: NodeJS.WriteStream, bars: MultiBar, totalBytes: number | undefined, now: () => number) {
    this.#stream = stream;
    this.#bars = bars;
    this.#now = now;
    this.#start = now();
    this.#bar = bars.create(totalBytes ?? 0, 0, figures({ bytesRead: 0, written: 0, failed: 0 }, 0));
  }

  /** `totalBytes` undefined: there is no telling how much is left, and only figures are shown. */
  static async on(
    stream: NodeJS.WriteStream,
    totalBytes: number | undefined,
    now: () => number = () => performance.now(),
  ): Promise<Progress> {
    const { default: cliProgress } = await import('cli-progress');
    const bars = new cliProgress.MultiBar({
      stream,
      format: totalBytes === undefined ? FIGURES : `{bar} {percentage}% | ${FIGURES}`,
      barsize: 24,
      barCompleteChar: '#',
      barIncompleteChar: '-',
      fps: UPDATES_PER_SECOND,
      linewrap: true, // false would switch wrapping off in the terminal, and problems are longer than a line
      forceRedraw: true, // what makeWay() cleared
      clearOnComplete: true,
      gracefulExit: false, // it would take Ctrl-C for itself
    });
    return new Progress(stream, bars, totalBytes, now);
  }

  update(counts: Counts): void {
    this.#bar.update(counts.bytesRead, figures(counts, (this.#now() - this.#start) / 1000));
  }

  /** Clears the bar's line for another one; the bar comes back below. */
  makeWay(): void {
    cursorTo(this.#stream, 0);
    clearLine(this.#stream, 0);
  }

  stop(): void {
    this.#bars.stop();
  }
}

function figures({ written, failed }: Counts, seconds: number): Readonly<Record<string, number>> {
  return { items: written, failed, rate: seconds > 0 ? Math.round(written / seconds) : 0 };
}
