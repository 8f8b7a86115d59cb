/** The processes of a run. All end with this one. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * @param {string} file
 * @param {string[]} given
 * @param {string[]} [flags] of Node
 */
const start = (file, given, flags = []) => fork(fileURLToPath(new URL(file, import.meta.url)), given, { execArgv: flags });

/** @param {import('node:child_process').ChildProcess} child */
const message = (child) =>
  new Promise((resolve, reject) => {
    const ended = (/** @type {number} */ code) => reject(new Error(`${child.spawnargs.join(' ')} ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (said) => {
      child.off('exit', ended);
      resolve(said);
    });
  });

/** Starts the responder. */
export const startResponder = async () => {
  const child = start('responder.mjs', []);
  const { port } = await message(child);
  return { url: `ws://127.0.0.1:${port}/codebolt`, stop: () => child.kill() };
};

/**
 * Starts a client in Node.
 * @param {string} kind
 * @param {string} url
 * @param {string} [profiledModule]
 */
export const startWorker = async (kind, url, profiledModule = '') => {
  const child = start('node-worker.mjs', [kind, url, profiledModule], ['--expose-gc']);
  const answer = async () => {
    const { error, result } = await message(child);
    if (error) throw new Error(`${kind}: ${error}`);
    return result;
  };
  await answer();
  return {
    /**
     * @param {string} order
     * @param {object} parameters
     */
    ask(order, parameters) {
      child.send({ order, ...parameters });
      return answer();
    },
    stop: () => child.kill(),
  };
};
