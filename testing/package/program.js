/** A program that a test has started: its output, its end, and that of what it starts itself. */
import { limited } from './clock.js';
import { TestHostError } from './error.js';
import { nodeModule } from './node-module.js';
import { ObservedPromise } from './observed-promise.js';

/** How long a program may take, in ms. */
const LIMIT = 60_000;
/** How long a program may take to end after its connection's end, and after each signal, in ms. */
const END_WITHIN = 2_000;

const isWindows = () => process.platform === 'win32';

/** Those that run in a process group of their own. @type {Set<any>} */
const running = new Set();

/** Ends a program with all that it has started. @param {any} child @param {'SIGTERM' | 'SIGKILL' | 'SIGINT' | 'SIGHUP'} signal */
const kill = (child, signal) => {
  if (child?.pid === undefined) return;
  if (isWindows()) nodeModule('child_process').spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
  try {
    if (!isWindows()) return process.kill(-child.pid, signal);
  } catch {
    // A runtime that makes no groups, or one that nothing is left of.
  }
  child.kill(signal);
};

/** What a program has left behind may hold its pipes, and this process with them. @param {any} child */
const letGo = (child) => [child?.stdin, child?.stdout, child?.stderr].forEach((pipe) => pipe?.destroy());

// A terminal's Ctrl-C reaches the group of this process alone.
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
const atExit = () => running.forEach((child) => kill(child, 'SIGKILL'));
/** @param {'SIGINT' | 'SIGTERM' | 'SIGHUP'} signal */
const atSignal = (signal) => {
  running.forEach((child) => kill(child, signal));
  // With a listener a signal ends nothing; others that listen decide for themselves.
  if (process.listenerCount(signal) > 1) return;
  process.off(signal, atSignal);
  process.kill(process.pid, signal);
};

/** @param {any} child */
const started = (child) => {
  running.add(child);
  if (running.size > 1) return;
  process.on('exit', atExit);
  for (const signal of SIGNALS) process.on(signal, atSignal);
};

/** @param {any} child */
const over = (child) => {
  if (!running.delete(child) || running.size > 0) return;
  process.off('exit', atExit);
  for (const signal of SIGNALS) process.off(signal, atSignal);
};

/**
 * Starts a program once the host listens.
 * @param {string[]} command
 * @param {import('./index.d.ts').RunOptions} options
 * @param {() => Promise<import('./index.d.ts').Listening>} listen
 * @param {() => void} disconnect ends the connections of the host
 */
export const start = (command, { cwd, env, timeout = LIMIT, input = '' }, listen, disconnect) => {
  const { spawn } = nodeModule('child_process');
  const listening = listen();
  const [program, ...args] = command;
  /** @type {any} */
  let child;
  let stdout = '';
  let stderr = '';
  const said = () => [stdout && `it printed: ${stdout.slice(-2000)}`, stderr && `on standard error: ${stderr.slice(-2000)}`].filter(Boolean).join('\n');

  const ended = new ObservedPromise((resolve, reject) => {
    const begin = (/** @type {import('./index.d.ts').Listening} */ host) => {
      // In a group of its own, that what it starts can be ended with it; Windows has none, and would open a window.
      child = spawn(program, args, { cwd, env: { ...process.env, ...host.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'], detached: !isWindows() });
      started(child);
      child.stdin.on('error', () => {});
      child.stdin.end(input);
      child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => (stderr += text));
      const stop = limited(timeout, () => {
        kill(child, 'SIGKILL');
        limited(END_WITHIN, () => letGo(child));
        reject(new TestHostError('PROGRAM_RUNS_ON', `run: ${command.join(' ')} has not ended within ${timeout} ms; expected it to end, or to be ended with stop(). ${said()}`));
      });
      const finished = () => (stop(), over(child));
      child.on('error', (/** @type {Error} */ cause) => (finished(), reject(new TestHostError('NO_PROGRAM', `run: ${command.join(' ')} could not be started (${cause.message}).`, { cause }))));
      child.on('close', (/** @type {number | null} */ code, /** @type {string | null} */ signal) => (finished(), resolve({ code, signal, stdout, stderr })));
    };
    listening.then(begin).catch(reject);
  });

  const settled = ended.whenSettled(() => {}, () => {});
  /** Whether it has ended so many milliseconds later. @returns {Promise<boolean>} */
  const endsInTime = () =>
    new Promise((resolve) => {
      const stop = limited(END_WITHIN, () => resolve(false));
      void settled.then(() => (stop(), resolve(true)));
    });

  /** Ends the connections, and the program if it does not end by itself then. */
  const end = async () => {
    await listening.catch(() => {});
    for (const step of [disconnect, () => kill(child, 'SIGTERM'), () => kill(child, 'SIGKILL'), () => letGo(child)]) {
      step();
      if (await endsInTime()) return;
    }
  };
  return { ended, end };
};
