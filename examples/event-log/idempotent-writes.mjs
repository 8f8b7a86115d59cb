// An append that is repeated until it is answered, and stored once: `eventId` says that the repetition is the same event.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { Codebolt, CodeboltError, unwrap } from 'codebolt-wasm';
import WebSocket from 'ws';

// For show: the first connection breaks when the reply to an append arrives, so that the event is stored and nobody knows.
let breaks = true;
class Breaking extends WebSocket {
  emit(name, ...values) {
    if (name !== 'message' || !breaks || !String(values[0]).includes('eventLog.appendEvent')) return super.emit(name, ...values);
    breaks = false;
    this.terminate();
    return true;
  }
}
const codebolt = new Codebolt({ reconnect: { initialDelay: 50 }, webSocket: (address) => new Breaking(address) });
const { appendEvent, createInstance, deleteInstance, getInstanceStats } = codebolt.eventLog;

/** Whether trying again can help: the answer got lost, or the host had no time. */
const canRepeat = (error) =>
  error instanceof CodeboltError &&
  (['CONNECTION_CLOSED', 'CONNECT_FAILED', 'CONNECT_TIMEOUT', 'REQUEST_TIMEOUT'].includes(error.code) ||
    (error.code === 'HOST_ERROR' && ['UNKNOWN_OUTCOME', 'BUSY', 'SHUTTING_DOWN'].includes(error.reply.code)));

/** Appends an event for sure, and once. Its id is made once, before the first attempt; a job's own id does as well. */
const appendOnce = async (params, { eventId = crypto.randomUUID(), attempts = 5 } = {}) => {
  for (let attempt = 1; ; attempt++) {
    try {
      return unwrap(await appendEvent({ ...params, eventId }));
    } catch (error) {
      if (!canRepeat(error) || attempt === attempts) throw error;
      console.log(`attempt ${attempt}: ${error.message}; the request was ${error.sent ? '' : 'not '}sent`);
      await wait(100 * 2 ** attempt);
    }
  }
};

const name = `payments-${crypto.randomUUID()}`;
unwrap(await createInstance(name, 'Payments, each recorded once'));

const { event, duplicate } = await appendOnce({ instanceId: name, streamId: 'order-17', eventType: 'Paid', payload: { amount: 129.5 } });
console.log(`stored as ${event.id}, number ${event.sequence_number}${duplicate ? '; it had been stored before' : ''}`);
assert.equal(duplicate, true);
assert.equal(unwrap(await getInstanceStats(name)).eventCount, 1);

// The same id again, as a job that runs twice would send it.
const again = await appendOnce({ instanceId: name, streamId: 'order-17', eventType: 'Paid', payload: { amount: 129.5 } }, { eventId: event.id });
assert.deepEqual([again.duplicate, again.event], [true, event]);

unwrap(await deleteInstance(name));
await codebolt.close();
