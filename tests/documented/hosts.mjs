/** The hosts that documented programs run on: codebolt-host, and one that plays the app for an agent. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { TestHost } from 'codebolt-wasm-testing';

/** A fresh codebolt-host on a free port. @param {string[]} [more] */
export const freshHost = async (...more) => {
  const program = process.env.CODEBOLT_HOST_BINARY;
  if (!program) throw new Error('CODEBOLT_HOST_BINARY is not set; run this with `cargo xtask test documented`');
  const folder = mkdtempSync(path.join(tmpdir(), 'codebolt-documented-'));
  const child = spawn(program, ['--port', '0', '--data', path.join(folder, 'events.db'), ...more], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, RUST_LOG: 'error' } });
  const [line] = await once(createInterface(child.stdout), 'line');
  return {
    port: new URL(/ws:\S+/.exec(String(line))?.[0] ?? '').port,
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'close');
      rmSync(folder, { recursive: true });
    },
  };
};

/** What the model says in answer to anything. */
export const ANSWER = 'It is a client for event logs.';

/** A host that has a user ask something, and answers what agents ask, as the app does. */
export const theApp = async () => {
  const host = await TestHost.start();
  host.on('fs.readFile', { content: '# A project' });
  host.on('llm.inference', host.script([ANSWER]));
  const { port } = await host.listen();
  return { port: String(port), answer: host.sendUserMessage('What is this project about?'), stop: () => host.close() };
};
