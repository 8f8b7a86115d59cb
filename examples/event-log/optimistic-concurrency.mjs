// Ten tills take money from one account at once, and it is never overdrawn: `expectedVersion` refuses an append that was
// decided on an older state.
import assert from 'node:assert/strict';
import codebolt from 'codebolt-wasm';

const { appendEvent, createInstance, deleteInstance, readEvents, unwrap } = codebolt.eventLog;

const name = `accounts-${crypto.randomUUID()}`;
unwrap(await createInstance(name, 'Accounts, a stream for each'));

/** The state of an account, and the number of the event that it ends with: its version. */
const read = async (account) => {
  let balance = 0;
  let version = 0;
  for await (const { payload, sequence_number } of readEvents({ instanceId: name, stream: account })) {
    balance += payload.amount;
    version = sequence_number;
  }
  return { balance, version };
};

/** Reads, decides, and appends if nothing has happened since; else it decides anew. `decide` gives an event, or nothing. */
const change = async (account, decide) => {
  for (;;) {
    const { balance, version } = await read(account);
    const event = decide(balance);
    if (!event) return undefined;
    const reply = await appendEvent({ instanceId: name, streamId: account, ...event, expectedVersion: version });
    if (reply.success) return reply.data.event;
    // Another one was faster. Any other refusal would be no better the next time.
    if (reply.code !== 'VERSION_CONFLICT') throw new Error(reply.error);
  }
};

const withdraw = (amount) => (balance) => (balance >= amount ? { eventType: 'Withdrawn', payload: { amount: -amount } } : undefined);

// 0: the stream has no event yet, so that an account is opened once.
const opened = await appendEvent({ instanceId: name, streamId: 'ada', eventType: 'Opened', payload: { amount: 55 }, expectedVersion: 0 });
assert.equal(opened.success, true);
const openedTwice = await appendEvent({ instanceId: name, streamId: 'ada', eventType: 'Opened', payload: { amount: 55 }, expectedVersion: 0 });
console.log('opening it twice:', openedTwice.error);
assert.equal(openedTwice.code, 'VERSION_CONFLICT');

const tills = await Promise.all(Array.from({ length: 10 }, () => change('ada', withdraw(10))));
const { balance, version } = await read('ada');
console.log(`${tills.filter(Boolean).length} of ${tills.length} tills paid out; ${balance} is left, after ${version} events`);
assert.equal(tills.filter(Boolean).length, 5);
assert.equal(balance, 5);

unwrap(await deleteInstance(name));
await codebolt.close();
