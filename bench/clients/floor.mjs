/**
 * The floor: a client with the least that a client can do, as one would write it by hand. No checks, no time limits, no
 * errors. In Node on `ws`, in browsers on their WebSocket.
 */

/** @param {{ send: (text: string) => void }} socket */
export const floorClient = (socket) => {
  /** @type {Map<string, (reply: any) => void>} */
  const pending = new Map();
  /**
   * @param {string} type
   * @param {object} params
   */
  const request = (type, params) =>
    new Promise((resolve) => {
      const requestId = crypto.randomUUID();
      pending.set(requestId, resolve);
      socket.send(JSON.stringify({ type, requestId, params }));
    });
  return {
    /** @param {string} text */
    receive(text) {
      const message = JSON.parse(text);
      const resolve = pending.get(message.requestId);
      if (resolve === undefined) return;
      pending.delete(message.requestId);
      resolve(message);
    },
    eventLog: {
      createInstance: (/** @type {string} */ name, /** @type {string} */ description) =>
        request('eventLog.createInstance', { name, description }),
      appendEvent: (/** @type {object} */ params) => request('eventLog.appendEvent', params),
      appendEvents: (/** @type {object} */ params) => request('eventLog.appendEvents', params),
      queryEvents: (/** @type {object} */ query) => request('eventLog.queryEvents', { query }),
      getInstance: (/** @type {string} */ instanceId) => request('eventLog.getInstance', { instanceId }),
      getInstanceStats: (/** @type {string} */ instanceId) => request('eventLog.getInstanceStats', { instanceId }),
    },
  };
};
