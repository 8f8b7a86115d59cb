/** Clocks that tests fake, with every option on, around an open client: sinon, jest (both of its kinds) and vitest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, makeProject, run } from '../builds/project.mjs';
import { roundTrips, THREE_ROUNDS } from './round-trips.mjs';
import { environment } from './silent-host.mjs';

test('sinon: calls go out and come back, and their time limits follow the real clock, while all is faked and after', async () => {
  const folder = makeProject('mocks', {
    ...roundTrips,
    'program.mjs': `
      import sinon from 'sinon';
      import { Codebolt } from 'codebolt-wasm';
      import { environment, never, trips } from './trips.mjs';
      const codebolt = new Codebolt({ url: environment.url });
      const silent = new Codebolt({ url: environment.silentUrl });
      await Promise.all([codebolt.waitForReady(), silent.waitForReady()]);
      const clock = sinon.useFakeTimers({ now: 0 });
      const faked = [Date.now(), setTimeout.clock === clock, process.nextTick.clock === clock, queueMicrotask.clock === clock];
      const outcome = { faked, trips: await trips(codebolt), never: await never(silent) };
      const waits = silent.request('never', {}, { timeout: 60_000 }).then(() => 'answered', ({ code }) => code);
      clock.tick(120_000);
      // Time that only the test sees lets nothing run out.
      outcome.ticked = await Promise.race([waits, trips(codebolt)]);
      clock.restore();
      outcome.restored = await trips(codebolt);
      await silent.close();
      outcome.waits = await waits;
      await codebolt.close();
      console.log(JSON.stringify(outcome));
    `,
  });
  const printed = await run(process.execPath, ['program.mjs'], { cwd: folder, env: environment, limit: 60_000 });
  assert.deepEqual(JSON.parse(printed), {
    faked: [0, true, true, true],
    trips: THREE_ROUNDS,
    never: 'REQUEST_TIMEOUT',
    ticked: THREE_ROUNDS,
    restored: THREE_ROUNDS,
    waits: 'CONNECTION_CLOSED',
  });
});

const ALL = "['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout']";

/** A test of an agent, in the words of a runner. @param {{ expect?: string, fake: string, real: string, isFaked: string }} words */
const agentTest = ({ fake, real, isFaked }) => `
  test('an open client goes on while the clock is faked, and after', async () => {
    const codebolt = new Codebolt({ url: environment.url });
    const silent = new Codebolt({ url: environment.silentUrl });
    await Promise.all([codebolt.waitForReady(), silent.waitForReady()]);
    const own = setTimeout;
    ${fake};
    expect(setTimeout === own).toBe(false);
    ${isFaked}
    expect(await trips(codebolt)).toEqual([true, 12]);
    expect(await never(silent)).toBe('REQUEST_TIMEOUT');
    ${real};
    expect(await trips(codebolt)).toEqual([true, 12]);
    await Promise.all([codebolt.close(), silent.close()]);
  });
`;

for (const [kind, fake, isFaked] of [
  ['modern', 'jest.useFakeTimers({ now: 0 })', 'expect(Date.now()).toBe(0);'],
  ['legacy', 'jest.useFakeTimers({ legacyFakeTimers: true })', ''],
]) {
  test(`jest, ${kind} fake timers`, async () => {
    const folder = makeProject('mocks', {
      ...roundTrips,
      'agent.test.cjs': `const { Codebolt } = require('codebolt-wasm');\nconst { environment, never, trips } = require('./trips.cjs');\n${agentTest({ fake, real: 'jest.useRealTimers()', isFaked })}`,
      'jest.config.json': { testEnvironment: 'node', transform: {}, testMatch: ['**/agent.test.cjs'], moduleFileExtensions: ['js', 'mjs', 'cjs', 'json'] },
    });
    await run(process.execPath, [command('mocks', 'jest'), '--config', 'jest.config.json', '--runInBand', '--no-cache'], { cwd: folder, env: environment, limit: 120_000 });
  });
}

test('vitest, everything faked', async () => {
  const folder = makeProject('mocks', {
    ...roundTrips,
    'agent.test.mjs': `import { expect, test, vi } from 'vitest';\nimport { Codebolt } from 'codebolt-wasm';\nimport { environment, never, trips } from './trips.mjs';\n${agentTest({ fake: `vi.useFakeTimers({ now: 0, toFake: ${ALL} })`, real: 'vi.useRealTimers()', isFaked: 'expect(Date.now()).toBe(0);' })}`,
    'vitest.config.mjs': "export default { test: { include: ['agent.test.mjs'], pool: 'threads' } };\n",
  });
  await run(process.execPath, [command('mocks', 'vitest'), 'run'], { cwd: folder, env: environment, limit: 120_000 });
});
