/** Errors of the host in this page, on both sides of the worker. */
import type { Fault, FaultKind } from './messages';

export class HostFault extends Error {
  readonly kind: FaultKind;

  constructor({ kind, text }: Fault) {
    super(text);
    this.name = 'HostFault';
    this.kind = kind;
  }
}

/** An error's text, with its meaning for the host. */
export function faultOf(error: unknown): Fault {
  if (error instanceof HostFault) return { kind: error.kind, text: error.message };
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof WebAssembly.RuntimeError) return { kind: 'broken', text: `the host in this page failed: ${text}` };
  return { kind: 'other', text };
}
