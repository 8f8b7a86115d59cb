/** The module under test, and its files. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.env.CODEBOLT_EVENT_LOG_MODULE;
assert.ok(folder, 'CODEBOLT_EVENT_LOG_MODULE is not set; run this with `cargo xtask test event-log-in-memory`');

export const script = path.join(folder, 'event-log.js');
export const bytes = readFileSync(path.join(folder, 'event-log_bg.wasm'));

const loaded = await import(pathToFileURL(script).href);
await loaded.default({ module_or_path: bytes });

export const { MemoryHost } = loaded;

/**
 * Asks as a client does.
 * @param {{ handle(frame: string): Promise<string> }} host
 * @param {string} operation
 * @param {unknown} [params]
 */
export const ask = async (host, operation, params = {}) =>
  JSON.parse(await host.handle(JSON.stringify({ type: `eventLog.${operation}`, requestId: 'r', params })));

/** As `ask`, for what has to succeed; gives the reply's data. */
export const done = async (host, operation, params) => {
  const reply = await ask(host, operation, params);
  assert.equal(reply.success, true, JSON.stringify(reply));
  return reply.data;
};
