/** Which method a frame is of, and what is known of a method by its name. */
import { argumentsIn } from './arguments.js';
import { TestHostError } from './error.js';
import { rows } from './tables/methods.js';

/**
 * @typedef {import('./row.d.ts').Entry} Entry
 * @typedef {import('./row.d.ts').Row} Row
 * @typedef {{ row: Row, constants: [path: string[], value: unknown][] }} Pattern
 */

/** @type {Map<string, Row>} */
const byName = new Map(rows.map((row) => [row.name, row]));

/** @param {Row} row */
const typeOf = ({ message }) => /** @type {string} */ (message.find(([name, value]) => name === 'type' && 'constant' in value)?.[1].constant);

/** @type {Map<string, Pattern[]>} */
const byType = new Map();
for (const row of rows) {
  const patterns = byType.get(typeOf(row)) ?? [];
  byType.set(typeOf(row), [...patterns, { row, constants: [...constantsOf(row.message)] }]);
}

/** What agents send without a method of a module: the class's own messages. */
const CLASS = [
  'processStoped',
  'actionBlockComplete',
  'remoteProviderEvent',
  'pluginStopResponse',
  'providerStartResponse',
  'getDiffFiles',
  'closeSignalResponse',
  'createPatchRequestResponse',
  'createPullRequestRequestResponse',
  'providerHeartbeat',
  'environmentHeartbeat',
  'environmentHeartbeatResponse',
  'environmentRestartResponse',
];

/**
 * @param {Entry[]} entries
 * @param {string[]} [path]
 * @returns {Generator<[path: string[], value: unknown]>}
 */
function* constantsOf(entries, path = []) {
  for (const [name, value] of entries) {
    if (name === null) continue;
    if ('constant' in value) yield [[...path, name], value.constant];
    else if (value.object) yield* constantsOf(value.object, [...path, name]);
  }
}

/** @param {any} frame @param {string[]} path */
const at = (frame, path) => path.reduce((value, name) => value?.[name], frame);

/** How many members of a frame a method does not send. @param {Row} row @param {any} frame */
const unexplained = ({ message }, frame) => {
  if (message.some(([name]) => name === null)) return 0;
  const known = new Set(message.map(([name]) => name));
  return Object.keys(frame).filter((name) => name !== 'requestId' && !known.has(name)).length;
};

/**
 * The methods that may have sent a frame, the likeliest first. Some send the same: then there are several.
 * @param {any} frame
 * @returns {Row[]}
 */
export const methodsOf = (frame) => {
  const fitting = (byType.get(frame.type) ?? []).filter(({ constants }) => constants.every(([path, value]) => at(frame, path) === value));
  const most = Math.max(0, ...fitting.map(({ constants }) => constants.length));
  const rows = fitting.filter(({ constants }) => constants.length === most).map(({ row }) => row);
  return rows.length < 2 ? rows : rows.map((row) => ({ row, rest: unexplained(row, frame) })).sort((a, b) => a.rest - b.rest).map(({ row }) => row);
};

/** What a request for the event log begins with, from this project's client. */
const EVENT_LOG = '{"type":"';

/** The event log's methods, each the only one of its type. */
const eventLog = new Map(
  [...byType]
    .filter(([type, [{ constants }, ...others]]) => type.startsWith('eventLog.') && constants.length === 1 && others.length === 0)
    .map(([type, [{ row }]]) => [type, [row]]),
);

/**
 * The method of the event log that sent a frame, as a list; `undefined` where its text has to be parsed to tell.
 * @param {string} text
 */
export const eventLogRows = (text) => (text.startsWith(EVENT_LOG) ? eventLog.get(text.slice(EVENT_LOG.length, text.indexOf('"', EVENT_LOG.length))) : undefined);

/**
 * What a handler gets: the method's arguments by their names.
 * @param {Row | undefined} row
 * @param {any} frame
 */
export const paramsOf = (row, frame) => {
  if (row === undefined) return frame.params ?? {};
  const params = argumentsIn(row.message, frame);
  if (row.name !== 'mcp.executeTool' || typeof frame.toolName !== 'string') return params;
  const [toolbox, ...name] = frame.toolName.split('--');
  return { toolbox, toolName: name.join('--'), params: frame.params };
};

/** @param {string} name */
export const methodNamed = (name) => byName.get(name);

/** Whether some method, or the class, sends this type. @param {string} type */
export const isKnownType = (type) => byType.has(type) || CLASS.includes(type);

/** Whether nobody waits for an answer to this type. @param {string} type */
export const isClassType = (type) => CLASS.includes(type);

/**
 * Checks a name that a test gave: a method's, or a message's type. A slip in a method's name would never match anything.
 * @param {string} call
 * @param {unknown} name
 */
export const checkName = (call, name) => {
  if (typeof name !== 'string' || name === '') throw new TestHostError('INVALID_ARGUMENT', `${call}: the name is ${String(name)}; expected a method such as 'fs.readFile', or a message's type.`);
  if (byName.has(name) || isKnownType(name)) return;
  const [module, ...rest] = name.split('.');
  const siblings = rows.filter((row) => row.name.startsWith(`${module}.`)).map((row) => row.name);
  // A type of a host or an SDK that is newer than this.
  if (siblings.length === 0 || rest.length === 0) return;
  const wanted = rest.join('.').toLowerCase();
  const near = siblings.map((sibling) => ({ sibling, distance: distance(sibling.slice(String(module).length + 1).toLowerCase(), wanted) })).sort((a, b) => a.distance - b.distance);
  const offered = near.slice(0, 3).map(({ sibling }) => `'${sibling}'`).join(', ');
  throw new TestHostError('INVALID_ARGUMENT', `${call}: there is no method '${name}'; the nearest are ${offered}.`);
};

/** How many letters differ. @param {string} a @param {string} b */
const distance = (a, b) => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
};
