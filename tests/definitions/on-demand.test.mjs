// In Node all modules but the event log are loaded when a method of one is first touched.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { SOURCES, modules, recordingSession } from './recording-session.mjs';

// The build makes CommonJS of it, which has this.
globalThis.require = createRequire(SOURCES);
const lazy = await import(new URL('on-demand.js', SOURCES).href);

describe('modules on demand', () => {
  it('are the same modules', () => {
    assert.deepEqual(Object.keys(lazy.modules), Object.keys(modules));
    const session = recordingSession();
    for (const name of Object.keys(modules)) {
      assert.deepEqual(Object.keys(lazy.modules[name](session)), Object.keys(modules[name](session)), name);
    }
  });

  it('are made at the first touch, once', async () => {
    let made = 0;
    const session = recordingSession();
    const fs = lazy.onDemand((session) => {
      made++;
      return modules.fs(session);
    }, session);
    assert.equal(made, 0);
    const { readFile } = fs;
    await readFile('a');
    assert.equal(made, 1);
    assert.equal(fs.readFile, readFile);
    assert.deepEqual(Object.keys(fs), Object.keys(modules.fs(session)));
    assert.ok('readFile' in fs);
    assert.equal(made, 1);
    assert.equal(session.frames.length, 1);
  });

  it('are loaded without a warning', () => {
    const code = "import { fs } from 'codebolt-wasm'; fs.readFile.length";
    const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: import.meta.dirname, encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });

  it('can have a method replaced, as tests do', () => {
    const fs = lazy.onDemand(modules.fs, recordingSession());
    fs.readFile = () => 'mine';
    assert.equal(fs.readFile(), 'mine');
    Object.defineProperty(fs, 'readFile', { value: () => 'defined', configurable: true });
    assert.equal(fs.readFile(), 'defined');
    assert.ok(delete fs.readFile);
    assert.equal('readFile' in fs, false);
  });
});
