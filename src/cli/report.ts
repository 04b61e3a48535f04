import type { Host } from './host.ts';
import { write } from './output.ts';
import { problemLine } from './problem.ts';
import { Progress } from './progress.ts';

/** What a {@link Report} needs to know before the first line. */
export interface ReportOptions {
  /** `encrypted` or `decrypted`. */
  readonly done: string;
  readonly totalBytes: number | undefined;
  /** No bar and no summary; problems are told all the same. */
  readonly quiet: boolean;
}

/** Writes results to standard output and tells on standard error how the work goes. */
export class Report {
  readonly #host: Host;
  readonly #options: ReportOptions;
  readonly #progress: Progress | undefined;
  #bytesRead = 0;
  #written = 0;
  #failed = 0;

  private constructor(host: Host, options: ReportOptions, progress: Progress | undefined) {
    this.#host = host;
    this.#options = options;
    this.#progress = progress;
  }

  static async start(host: Host, options: ReportOptions): Promise<Report> {
    const shown = host.stderr.isTTY && !options.quiet;
    return new Report(host, options, shown ? await Progress.on(host.stderr, options.totalBytes) : undefined);
  }

  get failed(): number {
    return this.#failed;
  }

  bytesRead(bytes: number): void {
    this.#bytesRead += bytes;
  }

  /** Resolves when standard output has taken the line. Throws an OutputFailure. */
  async result(line: string): Promise<void> {
    if (this.#host.stdout.isTTY) this.#progress?.makeWay();
    await write(this.#host.stdout, `${line}\n`);
    this.#written++;
    this.#update();
  }

  problem(place: string, error: unknown): void {
    this.#progress?.makeWay();
    this.#host.stderr.write(problemLine(place, error));
    this.#failed++;
    this.#update();
  }

  /** Takes the bar away. */
  close(): void {
    this.#progress?.stop();
  }

  /** The summary, on a terminal or when something failed. `stopped`: it ended at the line that failed. */
  end(stopped: boolean): void {
    this.close();
    if (this.#options.quiet || !(this.#host.stderr.isTTY || this.#failed > 0)) return;
    const items = this.#written === 1 ? 'item' : 'items';
    const hint = stopped ? '; stopped there (--on-error skip goes on)' : '';
    this.#host.stderr.write(`fieldseal: ${this.#written} ${items} ${this.#options.done}, ${this.#failed} failed${hint}\n`);
  }

  #update(): void {
    this.#progress?.update({ bytesRead: this.#bytesRead, written: this.#written, failed: this.#failed });
  }
}
