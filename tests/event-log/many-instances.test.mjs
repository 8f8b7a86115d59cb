// getOrCreateInstance where a host has more instances than one reply holds. On a real host that was told to send small replies.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { Codebolt, unwrap } from 'codebolt-wasm';
import WebSocket from 'ws';
import { noting } from './calls.mjs';

const binary = process.env.CODEBOLT_HOST_BINARY;
assert.ok(binary, 'CODEBOLT_HOST_BINARY is not set; run this with `cargo xtask test event-log`');

const COUNT = 40;

describe('a host whose replies hold few instances', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'codebolt-many-'));
  const frames = [];
  let host;
  let codebolt;
  before(async () => {
    const flags = ['--port', '0', '--bind', '127.0.0.1', '--max-reply', '4096', '--data', path.join(folder, 'test.db')];
    host = spawn(binary, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: host.stdout });
    let url;
    for await (const line of lines) if ((url = /^listening on (.*)/.exec(line)?.[1])) break;
    assert.ok(url, 'the host did not start');
    host.stdout.resume();
    codebolt = new Codebolt({ url, webSocket: noting(frames, (address) => new WebSocket(address)) });
    for (let n = 1; n <= COUNT; n++) unwrap(await codebolt.eventLog.createInstance(`log-${n}`, 'x'.repeat(300)));
  });
  after(async () => {
    await codebolt?.close();
    host?.kill('SIGTERM');
    if (host?.exitCode === null) await once(host, 'exit');
    rmSync(folder, { recursive: true });
  });

  it('lists them in parts, and says that there are more', async () => {
    const { instances, more } = unwrap(await codebolt.eventLog.listInstances());
    assert.equal(more, true);
    assert.ok(instances.length > 0 && instances.length < COUNT, `${instances.length} instances`);
    const names = [];
    for (let offset = 0, goesOn = true; goesOn; offset = names.length) {
      const page = unwrap(await codebolt.eventLog.listInstances({ offset, limit: 7 }));
      assert.ok(page.instances.length <= 7);
      names.push(...page.instances.map(({ name }) => name));
      goesOn = page.more ?? false;
    }
    assert.deepEqual(names, Array.from({ length: COUNT }, (_, index) => `log-${index + 1}`));
  });

  it('has the last of them found by getOrCreateInstance', async () => {
    frames.length = 0;
    const last = await codebolt.eventLog.getOrCreateInstance(`log-${COUNT}`, undefined, { timeout: 30_000 });
    assert.equal(last.name, `log-${COUNT}`);
    const asked = frames.map((frame) => JSON.parse(frame)).filter(({ type }) => type === 'eventLog.listInstances').map(({ params }) => params);
    assert.ok(asked.length > 1, 'it was on the first page');
    // The first page is asked for as ever, so that hosts that know no pages see nothing new.
    assert.deepEqual(asked[0], {});
    assert.ok(asked.slice(1).every(({ offset }, at) => offset > (asked[at].offset ?? 0)), JSON.stringify(asked));
  });
});
