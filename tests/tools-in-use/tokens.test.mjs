// What a model has to read of the tools: how long it is, and that every parameter says what it is.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encode as cl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { encode as o200k } from 'gpt-tokenizer/encoding/o200k_base';
import { fromPackage } from './project.mjs';

const { default: codebolt } = await fromPackage('node.js');
const { data } = await codebolt.mcp.listMcpFromServers(['codebolt']);

/** Each parameter and member of one with its schema. */
const parametersOf = ({ properties = {}, items }, path) =>
  Object.entries(properties)
    .flatMap(([name, schema]) => [[`${path}.${name}`, schema], ...parametersOf(schema, `${path}.${name}`)])
    .concat(items ? parametersOf(items, `${path}[]`) : []);

describe('the list of tools that a model reads', () => {
  it('takes less than 9,000 tokens', () => {
    const text = JSON.stringify(data.tools);
    for (const [name, encode] of Object.entries({ o200k, cl100k })) {
      const count = encode(text).length;
      assert.ok(count < 9000, `${count} tokens by ${name}`);
    }
  });

  for (const { function: tool } of data.tools) {
    it(`says what ${tool.name} does, and what each of its parameters is`, () => {
      assert.match(tool.description, /^[A-Z][^]{19,}[.]$/);
      for (const [name, schema] of parametersOf(tool.parameters, tool.name)) assert.match(schema.description ?? '', /\S{2}/, name);
    });
  }

  it('names no tool that there is not', () => {
    const names = new Set(data.tools.map(({ function: { name } }) => name.replace('codebolt--', '')));
    for (const { function: tool } of data.tools) {
      const texts = [tool.description, ...parametersOf(tool.parameters, '').map(([, { description }]) => description)];
      const own = new Set(parametersOf(tool.parameters, '').map(([path]) => path.split('.').at(-1)));
      for (const [word] of texts.join(' ').matchAll(/\b[a-zA-Z]+_[a-zA-Z_]+\b/g)) {
        assert.ok(names.has(word) || own.has(word) || word === 'node_modules', `${tool.name}: ${word}`);
      }
    }
  });
});
