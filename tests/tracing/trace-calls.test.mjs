// examples/tracing/trace-calls.mjs with the real OpenTelemetry, on a real host.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const url = process.env.CODEBOLT_TEST_URL;
assert.ok(url, 'CODEBOLT_TEST_URL is not set; run this with `cargo xtask test tracing`');

/** @param {string} file */
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const project = mkdtempSync(path.join(tmpdir(), 'codebolt-tracing-'));
after(() => rmSync(project, { recursive: true, force: true }));
mkdirSync(path.join(project, 'node_modules'));
symlinkSync(realpathSync(here('node_modules/@opentelemetry')), path.join(project, 'node_modules', '@opentelemetry'));
symlinkSync(realpathSync(here('../../node_modules/codebolt-wasm')), path.join(project, 'node_modules', 'codebolt-wasm'));
copyFileSync(here('../../examples/tracing/trace-calls.mjs'), path.join(project, 'trace-calls.mjs'));

test('every call is a span of OpenTelemetry, within the span that is active, and a refusal is an error', () => {
  const { hostname, port } = new URL(url);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['trace-calls.mjs'], {
    cwd: project,
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...process.env, NODE_TEST_CONTEXT: '', SOCKET_PORT: port, CODEBOLT_SERVER_URL: hostname },
  });
  assert.equal(status, 0, stderr);
  // The exporter prints objects as Node shows them.
  const spans = [...stdout.matchAll(/^\{$[^]*?^\}$/gm)].map(([text]) => vm.runInNewContext(`(${text.replace(/\[(?:Object|Array|Function[^\]]*)\]/g, 'null')})`));
  const names = spans.map(({ name }) => name);
  assert.deepEqual(names, ['eventLog.createInstance', 'eventLog.appendEvent', 'place an order', 'eventLog.getInstance']);
  const [created, appended, order, refused] = spans;
  for (const child of [created, appended]) {
    assert.equal(child.traceId, order.traceId);
    assert.equal(child.parentSpanContext.spanId, order.id);
    assert.equal(child.status.code, 0);
    assert.equal(child.kind, 2);
    assert.ok(child.duration > 0);
    assert.match(child.attributes['codebolt.request_id'], /^[0-9a-f-]{36}$/);
    assert.ok(child.attributes['codebolt.request_bytes'] > 50);
  }
  assert.deepEqual([refused.status.code, refused.attributes['error.type']], [2, 'NOT_FOUND']);
  assert.notEqual(refused.traceId, order.traceId);
});
