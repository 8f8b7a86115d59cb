/** A run in a file: one JSON object a line, each a frame or the end of a connection. */
import { TestHostError, shown } from './error.js';
import { nodeModule } from './node-module.js';
import { Masking } from './secrets.js';

/**
 * @typedef {import('./connection.js').Connection} Connection
 * @typedef {{ connection: number, at: number, from?: 'agent' | 'host', frame?: any, opened?: string, closed?: number, reason?: string }} Line
 */

const HEADER = { recording: 'codebolt-wasm-testing', version: 1 };

export class Recording {
  #lines = [JSON.stringify(HEADER)];
  #start = performance.now();
  #masking;
  /** @type {string | undefined} */
  #file;

  /** @param {string | true} file `true` keeps it in memory @param {import('./secrets.js').Secrets} [secrets] */
  constructor(file, secrets) {
    this.#masking = new Masking(secrets);
    if (file === true) return;
    this.#file = file;
    // At once: a path that cannot be written must not cost a run.
    nodeModule('fs').writeFileSync(file, `${this.#lines[0]}\n`);
  }

  get text() {
    return `${this.#lines.join('\n')}\n`;
  }

  /** @param {Connection} connection @param {object} members */
  #add({ number }, members) {
    const line = JSON.stringify({ connection: number, at: Math.round(performance.now() - this.#start), ...members });
    this.#lines.push(line);
    // Line by line, so that a run that dies leaves what led to it.
    if (this.#file !== undefined) nodeModule('fs').appendFileSync(this.#file, `${line}\n`);
  }

  /** @param {Connection} connection */
  opened(connection) {
    this.#add(connection, { opened: this.#masking.text(connection.url) });
  }

  /** @param {Connection} connection @param {'agent' | 'host'} from @param {any} frame */
  frame(connection, from, frame) {
    this.#add(connection, { from, frame: this.#masking.mask(frame) });
  }

  /** @param {Connection} connection @param {number} code @param {string} reason */
  closed(connection, code, reason) {
    this.#add(connection, { closed: code, ...(reason && { reason }) });
  }
}

/**
 * @param {string | { text: string }} recording its file, or its text
 * @returns {Line[]}
 */
export const readRecording = (recording) => {
  const name = typeof recording === 'string' ? recording : 'the recording';
  const text = typeof recording === 'string' ? read(recording) : recording?.text;
  if (typeof text !== 'string') throw new TestHostError('INVALID_ARGUMENT', `replay: the recording is ${shown(recording)}; expected a file's path, or { text }.`);
  const lines = text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line)];
    } catch (cause) {
      throw new TestHostError('INVALID_RECORDING', `${name}, line ${index + 1}, is not JSON: ${shown(line)}; record it anew.`, { cause });
    }
  });
  const [header, ...rest] = lines;
  if (header?.recording !== HEADER.recording || header.version !== HEADER.version) throw new TestHostError('INVALID_RECORDING', `${name} begins with ${shown(header)}; expected ${JSON.stringify(HEADER)}: record it anew with TestHost.record.`);
  return rest;
};

/** @param {string} file */
const read = (file) => {
  try {
    return nodeModule('fs').readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TestHostError('INVALID_RECORDING', `the recording ${file} cannot be read (${/** @type {Error} */ (cause).message}); record it first: await TestHost.record('${file}', …).`, { cause });
  }
};
