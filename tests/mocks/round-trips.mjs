/**
 * What the programs of these tests do with an open client, whatever is faked around it: calls one after another and many at
 * once, on the real host, and a call that nobody answers. All real time that they take is the machine's.
 */

/** The files that every project has: the same for ESM and for CommonJS. */
const text = `
const trips = async (codebolt, rounds = 3) => {
  const name = 'mocks ' + process.pid + ' ' + process.hrtime.bigint();
  const { data } = await codebolt.eventLog.createInstance(name);
  const instanceId = data.instance.id;
  for (let round = 0; round < rounds; round++) {
    await codebolt.eventLog.appendEvent({ instanceId, eventType: 'placed', payload: { round } });
    await Promise.all([0, 1, 2].map((number) => codebolt.eventLog.appendEvent({ instanceId, eventType: 'paid', payload: { round, number } })));
  }
  const found = await codebolt.eventLog.queryEvents({ from: { instance: instanceId } });
  return [data.instance.name === name, found.data.result.total];
};
const never = (silent, timeout = 40) => silent.request('never', {}, { timeout }).then(() => 'answered', ({ code }) => code);
const environment = { url: process.env.HOST_URL, silentUrl: process.env.SILENT_URL };
`;

export const roundTrips = {
  'trips.mjs': `${text}\nexport { environment, never, trips };\n`,
  'trips.cjs': `${text}\nmodule.exports = { environment, never, trips };\n`,
};

/** What three rounds come to. */
export const THREE_ROUNDS = [true, 12];
