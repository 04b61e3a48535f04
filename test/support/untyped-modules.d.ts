declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** dynalite ships no types; these are the options that the tests use. */
  export default function dynalite(options?: { readonly createTableMs?: number; readonly deleteTableMs?: number }): Server;
}
