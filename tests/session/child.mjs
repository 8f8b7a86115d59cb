// Runs code that uses the package in a process of its own.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Runs a module's text; resolves with what it printed and how it ended. Kills it after `limit` milliseconds. */
export const runChild = (text, { env = {}, limit = 15_000, args = [], onStart = () => {}, onOutput = () => {} } = {}) =>
  new Promise((resolve, reject) => {
    const kept = Object.fromEntries(
      ['PATH', 'HOME', 'SystemRoot', 'TMPDIR'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
    );
    const child = spawn(process.execPath, [...args, '--input-type=module', '--eval', text], {
      cwd: here,
      env: { ...kept, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onStart(child);
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, limit);
    child.stdout.on('data', (data) => {
      stdout += data;
      onOutput(stdout, child);
    });
    child.stderr.on('data', (data) => (stderr += data));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr, timedOut });
    });
  });
