/** What came of a request: the host's data, or why there is none. */
import type { EventLogMethods, EventLogReply } from 'codebolt-wasm';
import { codebolt, noConnection, textOf } from '../connection/connection';

/** `refused`: the host itself said no, with a code when it has them; otherwise it was not reached, or did not answer. */
export type Outcome<Data> = { ok: true; data: Data } | { ok: false; problem: string; refused: boolean; code?: string };

/** Makes a request of the event log. A refusal and a failure both become a problem in the other side's own words. */
export async function ask<Data>(call: (log: EventLogMethods) => Promise<EventLogReply<Data>>): Promise<Outcome<Data>> {
  const obstacle = noConnection();
  if (obstacle) return { ok: false, refused: false, problem: `Not sent: ${obstacle}` };
  try {
    const reply = await call(codebolt().eventLog);
    if (reply.success) return { ok: true, data: reply.data };
    return { ok: false, refused: true, problem: reply.error ?? 'The host refused, and gave no reason.', ...codeOf(reply) };
  } catch (error) {
    return { ok: false, refused: false, problem: textOf(error) };
  }
}

const codeOf = (reply: object) => ('code' in reply && typeof reply.code === 'string' ? { code: reply.code } : {});
