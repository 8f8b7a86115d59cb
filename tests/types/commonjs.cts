// CommonJS in TypeScript: the module is the instance, and carries itself and the class.

import codebolt = require('codebolt-wasm');
import { unwrap as unwrapByName } from 'codebolt-wasm';
import type { ThreadDetails } from 'codebolt-wasm/types';

const { Codebolt, CodeboltError } = codebolt;
const made = new Codebolt({ host: 'localhost', port: 12345 });
const itself: typeof codebolt.default = codebolt.default;

export const create = async (): Promise<string | undefined> => {
  const reply = await codebolt.eventLog.createInstance('a');
  // @ts-expect-error a name is a text
  await codebolt.default.eventLog.createInstance(1);
  return reply.success ? reply.data.instance.id : reply.error;
};

export const isOurs = (error: unknown): boolean => error instanceof CodeboltError && error.code === 'CONNECT_FAILED';
export const others = [made.connectionState, itself.ready];

// What it carries besides: the functions of no module.
export const carried = async (): Promise<codebolt.EventLogInstance[]> => {
  await codebolt.initAsync();
  const created = codebolt.unwrap(await codebolt.createInstance('a', 'what for'));
  const { instances } = unwrapByName(await codebolt.eventLog.listInstances());
  return [created.instance, ...instances];
};

// The types by name, those with parameters included; those of other modules from `codebolt-wasm/types`.
export const named = (event: codebolt.AppendEventParams<{ total: number }>, thread: ThreadDetails): [number, string] => [
  event.payload?.total ?? 0,
  thread.threadId,
];
// @ts-expect-error there is no such type
export type Missing = codebolt.NoSuchType;
