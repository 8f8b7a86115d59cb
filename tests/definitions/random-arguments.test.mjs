// For every plain row, random arguments give the frame that an independent reading of the facts predicts.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { predict } from './prediction.mjs';
import { randomValues } from './random-values.mjs';
import { ID, modules, recordingSession } from './recording-session.mjs';

const RUNS = Number(process.env.RUNS ?? 60);
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 32);
const TOOL = 'tool_1_a';

const facts = JSON.parse(readFileSync(new URL('../recordings/sdk-methods.json', import.meta.url), 'utf8')).modules;
const member = (object, path) => path.split('.').reduce((value, name) => value[name], object);

describe(`random arguments (SEED=${SEED})`, () => {
  for (const { module, methods } of facts) {
    const rows = methods.filter((method) => !method.needsCode);
    if (rows.length === 0) continue;
    it(`give the predicted frames of ${module}`, async (context) => {
      context.mock.method(console, 'error', () => {});
      const { below, value } = randomValues(SEED);
      for (const row of rows) {
        for (let run = 0; run < RUNS; run++) {
          const args = Array.from({ length: below(row.params.length + 1) }, () => value());
          const session = recordingSession();
          let wanted, refused;
          try {
            wanted = predict(row, args, { id: ID, toolUseId: TOOL });
          } catch (error) {
            assert.ok(error instanceof TypeError);
            refused = 'TypeError';
          }
          if (module === 'eventLog') {
            if (!meant(row.name, args)) refused = 'CodeboltError';
            else if (row.name === 'updateInstance') {
              // The one deliberate difference: the update cannot be redirected.
              const [instanceId, updates] = args;
              wanted = predict(row, [instanceId, { ...Object(updates), instanceId }], { id: ID });
            }
          }
          const label = `${module}.${row.name}(${args.map((argument) => JSON.stringify(argument)).join(', ')})`;
          const settled = (async () => member(modules[module](session), row.name)(...args))();
          if (refused) await assert.rejects(settled, { name: refused }, label);
          else await settled;
          const sent = session.frames.map(({ text }) => text.replace(/"tool_\d{10,}_[0-9a-z]+"/, `"${TOOL}"`));
          assert.deepEqual(sent, refused || wanted === undefined ? [] : [wanted], label);
        }
      }
    });
  }
});

/** Whether the event log takes these arguments. */
const meant = (method, [first]) => {
  switch (method) {
    case 'listInstances':
      return true;
    case 'appendEvent':
      return isObject(first) && typeof first.instanceId === 'string';
    case 'appendEvents':
      return isObject(first) && typeof first.instanceId === 'string' && Array.isArray(first.events);
    case 'queryEvents':
      return isObject(first) && typeof first.from?.instance === 'string';
    default:
      return typeof first === 'string';
  }
};

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
