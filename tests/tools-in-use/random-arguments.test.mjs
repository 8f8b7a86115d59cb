// What the tools say of random parameters, held against another reader of JSON Schema.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { randomValues } from '../definitions/random-values.mjs';
import { fromPackage } from './project.mjs';

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 32);
const RUNS = Number(process.env.RUNS ?? 300);

const { default: codebolt } = await fromPackage('node.js');
const { toolsFor } = await fromPackage('tools-node.js');

/**
 * The schema as the tools read it: members that it does not name may be there, and what has a type but no list of values
 * may be null. A list is an object without members.
 */
const asRead = ({ additionalProperties, type, properties, items, ...rest }) => ({
  ...rest,
  ...(type && { type: [type, ...(rest.required?.length ? [] : [...(type === 'object' ? ['array'] : []), ...(rest.enum ? [] : ['null'])])] }),
  ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, asRead(schema)])) }),
  ...(items && { items: asRead(items) }),
});

/** Members of an object that are JSON texts become what they say, unless a text is wanted of them. */
const asJson = ({ properties = {} }, value) => {
  if (Array.isArray(value)) return Array.from(value, (item) => item ?? null);
  if (typeof value !== 'object' || value === null) return value;
  const copy = { ...value };
  for (const [name, schema] of Object.entries(properties)) {
    if (!(name in copy)) continue;
    if (typeof copy[name] === 'string' && schema.type !== 'string') {
      try {
        copy[name] = JSON.parse(copy[name]);
      } catch {}
    }
    copy[name] = asJson(schema, copy[name]);
    // Both are there, and nothing; only a list of values minds.
    if (copy[name] === undefined) copy[name] = null;
  }
  return copy;
};

/** A value that a schema likes, and with some chance one that it does not. */
const valueFor = (schema, { below, value }) => {
  if (below(8) === 0) return value();
  if (schema.enum) return below(5) === 0 ? 'other' : schema.enum[below(schema.enum.length)];
  const made = {
    string: () => ['text', '/a/b', ' ', '', '5', '{}', 'null', '('][below(8)],
    number: () => [0, 1, -1, 2.5, 100][below(5)],
    boolean: () => below(2) === 0,
    array: () => Array.from({ length: below(3) }, () => valueFor(schema.items ?? {}, { below, value })),
    object: () => membersFor(schema, { below, value }),
  }[schema.type]?.() ?? value();
  return below(6) === 0 && schema.type !== 'string' ? JSON.stringify(made) : made;
};

const membersFor = ({ properties = {}, required = [] }, random) => {
  const members = {};
  for (const [name, schema] of Object.entries(properties)) {
    if (random.below(required.includes(name) ? 10 : 2) > 0) members[name] = valueFor(schema, random);
  }
  return members;
};

/** What the schema's check says begins like this; the rest is said by a tool's own rules. */
const BY_SCHEMA = /^(Missing required field|Expected |Property '|Array item )/;

describe(`random parameters (SEED=${SEED})`, () => {
  const ajv = new Ajv({ strict: false, allowUnionTypes: true });
  // No host is there: what passes waits, and is ended by its signal.
  const tools = toolsFor(codebolt);
  const judged = { fine: 0, wrong: 0 };

  for (const tool of tools.getAllTools()) {
    it(`of ${tool.name} are judged as ajv judges them`, async () => {
      const random = randomValues(SEED);
      const { parameters } = tool.schema.function;
      const isValid = ajv.compile(asRead(parameters));
      for (let run = 0; run < RUNS; run += 1) {
        const params = random.below(20) === 0 ? random.value() : membersFor(parameters, random);
        const said = tool.validateToolParams(params);
        const label = JSON.stringify({ params, said });
        if (isValid(asJson(parameters, params) ?? null)) {
          judged.fine += 1;
          assert.doesNotMatch(said ?? '', BY_SCHEMA, label);
        } else {
          judged.wrong += 1;
          assert.match(said ?? '', BY_SCHEMA, label);
        }
        if (said !== null) {
          const { error } = await tools.executeTool(tool.name, params);
          assert.deepEqual(error, { message: said, type: 'invalid_tool_params' }, label);
        }
      }
    });
  }

  it('were of both kinds', () => assert.ok(judged.fine > RUNS && judged.wrong > RUNS, JSON.stringify(judged)));
});
