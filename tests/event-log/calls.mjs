/** The calls of which the frames are known, and how to make one: the same in Node and in a browser. */

const circ = { a: 1 };
circ.self = circ;
const sparse = [1, , 3];
sparse.extra = 'x';
class TJ {
  toJSON() {
    return { tj: true };
  }
}
class P {
  own = 1;
  get g() {
    return 2;
  }
}
const names = { id: 'inst-17', circ, sparse, TJ, P };

const evaluate = (code, more = {}) => {
  const known = { ...names, ...more };
  return new Function(...Object.keys(known), code)(...Object.values(known));
};

/**
 * Makes a call, given as code.
 * @param {string} call
 * @param {any} E the event log
 */
export const callOn = (call, E) => evaluate(call.startsWith('{') ? call.slice(1, -1) : `return ${call};`, { E });

/** Recordings that have only the part of the arguments that matters. */
const SHORTENED = {
  'append: sparse array': 'E.appendEvent({ instanceId: id, payload: { sparse } })',
  'appendEvents: circular 2nd': 'E.appendEvents({ instanceId: id, events: [{payload:{}},{payload:circ}] })',
  setup: "E.createInstance('main', 'm')",
};

/** A recorded line as a row: the call as code, and the frames that it makes. */
export const recorded = (line) => {
  const { case: name, call, frames, rejects } = JSON.parse(line);
  return { name, call: (SHORTENED[name] ?? call).replace(/\s+\/\/ .*$/, ''), frames, rejects };
};

/** Further calls by the rule that the recordings follow: `params` is what `JSON.stringify` makes of this value. */
const BY_RULE = [
  ['createInstance', "'a', undefined", "{ name: 'a' }"],
  ['createInstance', "'', { toJSON: (key) => 'as ' + key }", "{ name: '', description: 'as description' }"],
  ['createInstance', "'n', [undefined, () => 1, NaN, -0, 1e21, 1e-7]", "{ name: 'n', description: [null, null, null, 0, 1e21, 1e-7] }"],
  ['createInstance', "'\"requestId\":\"x\"', '\\u2028\\u2029\\ud83d'", "{ name: '\"requestId\":\"x\"', description: '\\u2028\\u2029\\ud83d' }"],
  ['createInstance', "'boxed', new String('text')", "{ name: 'boxed', description: 'text' }"],
  ['getInstance', "'__proto__'", "{ instanceId: '__proto__' }"],
  ['getInstanceStats', "'名前'", "{ instanceId: '名前' }"],
  ['deleteInstance', "''", "{ instanceId: '' }"],
  ['updateInstance', 'id', '{ instanceId: id }'],
  ['updateInstance', 'id, null', '{ instanceId: id }'],
  ['updateInstance', "id, { description: null, name: 'x' }", "{ instanceId: id, description: null, name: 'x' }"],
  ['updateInstance', "id, { name: 'x', 7: 1 }", "{ 7: 1, instanceId: id, name: 'x' }"],
  ['updateInstance', "id, { instanceId: 'other', name: 'x' }", "{ instanceId: id, name: 'x' }"],
  ['appendEvent', '{ instanceId: id, payload: { 2: 0, b: 1, 1: 0, a: 2 } }', '{ instanceId: id, payload: { 1: 0, 2: 0, b: 1, a: 2 } }'],
  ['appendEvent', '{ instanceId: id, requestId: "mine", type: "other" }', '{ instanceId: id, requestId: "mine", type: "other" }'],
  ['appendEvent', '{ instanceId: id, payload: JSON.parse(\'{"__proto__":{"a":1}}\') }', 'JSON.parse(\'{"instanceId":"inst-17","payload":{"__proto__":{"a":1}}}\')'],
  ['appendEvent', '{ instanceId: id, payload: { deep: [[[{ x: [] }]]], t: new Date(NaN) } }', '{ instanceId: id, payload: { deep: [[[{ x: [] }]]], t: null } }'],
  ['appendEvent', '{ instanceId: id, payload: new Uint8Array([1, 2]) }', '{ instanceId: id, payload: { 0: 1, 1: 2 } }'],
  ['appendEvent', 'Object.assign(Object.create({ inherited: 1 }), { instanceId: id })', '{ instanceId: id }'],
  ['appendEvent', 'new Proxy({ instanceId: id, payload: { a: 1 } }, {})', '{ instanceId: id, payload: { a: 1 } }'],
  ['appendEvents', '{ events: [undefined, null, { payload: [1] }], instanceId: id }', '{ events: [null, null, { payload: [1] }], instanceId: id }'],
  ['appendEvents', '{ instanceId: id, events: Object.assign([], { extra: 1 }) }', '{ instanceId: id, events: [] }'],
  ['queryEvents', '{ limit: 0, from: { stream: undefined, instance: id }, where: [] }', '{ query: { limit: 0, from: { instance: id }, where: [] } }'],
  [
    'queryEvents',
    "{ from: { instance: id }, where: [{ field: 'a', operator: 'in', value: [1, 'x', null] }, { field: 'b', operator: 'between', value: [new Date(0), 5] }] }",
    "{ query: { from: { instance: id }, where: [{ field: 'a', operator: 'in', value: [1, 'x', null] }, { field: 'b', operator: 'between', value: ['1970-01-01T00:00:00.000Z', 5] }] } }",
  ],
];

/** The calls by the rule, as rows. */
export const byRule = () =>
  BY_RULE.map(([method, given, params]) => ({
    name: `${method}(${given})`,
    call: `E.${method}(${given})`,
    frames: [JSON.stringify({ type: `eventLog.${method}`, requestId: '<UUID>', params: evaluate(`return ${params};`) })],
  }));

/** Bad arguments: the call, what the message names, and what it says it expected and got. */
export const REFUSED = [
  ['E.createInstance()', "eventLog.createInstance: argument 'name': expected a string, got undefined"],
  ['E.createInstance(42, "d")', "eventLog.createInstance: argument 'name': expected a string, got 42"],
  ['E.createInstance(new String("a"))', "eventLog.createInstance: argument 'name': expected a string, got an object"],
  ['E.getInstance(null)', "eventLog.getInstance: argument 'instanceId': expected a string, got null"],
  ['E.updateInstance({}, {})', "eventLog.updateInstance: argument 'instanceId': expected a string, got an object"],
  ['E.deleteInstance(["a"])', "eventLog.deleteInstance: argument 'instanceId': expected a string, got an array of 1"],
  ['E.getInstanceStats(1n)', "eventLog.getInstanceStats: argument 'instanceId': expected a string, got 1n"],
  ['E.appendEvent()', "eventLog.appendEvent: argument 'params': expected an object, got undefined"],
  ['E.appendEvent("x")', `eventLog.appendEvent: argument 'params': expected an object, got "x"`],
  ['E.appendEvent({ payload: {} })', "eventLog.appendEvent: argument 'params.instanceId': expected a string, got undefined"],
  ['E.appendEvents([])', "eventLog.appendEvents: argument 'params': expected an object, got an array of 0"],
  ['E.appendEvents({ instanceId: id })', "eventLog.appendEvents: argument 'params.events': expected an array, got undefined"],
  ['E.appendEvents({ instanceId: id, events: "e" })', `eventLog.appendEvents: argument 'params.events': expected an array, got "e"`],
  ['E.queryEvents(() => 1)', "eventLog.queryEvents: argument 'query': expected an object, got a function"],
  ['E.queryEvents({ from: {} })', "eventLog.queryEvents: argument 'query.from.instance': expected a string, got undefined"],
  ['E.queryEvents({ from: { instance: 7 } })', "eventLog.queryEvents: argument 'query.from.instance': expected a string, got 7"],
  ['E.getOrCreateInstance(Symbol("s"))', "eventLog.getOrCreateInstance: argument 'name': expected a string, got Symbol(s)"],
];

const ID = /(?<="requestId":")[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?=")/;

/**
 * Makes each call on a connected client, and gives what went out in the same tick, how the call settled, and what the
 * client holds then. All of it can be cloned, so that a browser can hand it to the test.
 * @param {any} codebolt
 * @param {string[]} frames what the client's socket has sent
 * @param {string[]} calls
 */
export const outcomes = async (codebolt, frames, calls) => {
  await codebolt.waitForReady();
  const outcomes = [];
  for (const call of calls) {
    frames.length = 0;
    let promise;
    let thrown;
    try {
      promise = callOn(call, codebolt.eventLog);
    } catch (error) {
      thrown = String(error);
    }
    const sent = frames.map((frame) => frame.replace(ID, '<UUID>'));
    const rejected = await Promise.resolve(promise).then(
      () => undefined,
      ({ name, message, code: errorCode }) => ({ name, message, code: errorCode }),
    );
    const { waiting, inFlight, queued, cancelled } = codebolt.occupancy;
    outcomes.push({ sent, thrown, rejected, held: waiting + inFlight + queued + cancelled });
  }
  return outcomes;
};

/** A factory of real sockets that notes each frame sent. */
export const noting = (frames, open) => (url) => {
  const socket = open(url);
  const send = socket.send;
  socket.send = function (data) {
    frames.push(data);
    return send.call(socket, data);
  };
  return socket;
};
