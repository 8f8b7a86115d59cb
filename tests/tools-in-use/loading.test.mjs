// The tools are a file of their own, which a program loads when it first asks for one.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileHost } from './file-host.mjs';
import { fromPackage, project, run } from './project.mjs';

const installed = path.join(project, 'node_modules', 'codebolt-wasm');

describe('the file with the tools', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'codebolt-loading-'));
  after(() => rmSync(folder, { recursive: true }));

  it('is not needed by a program that uses none', async () => {
    const copy = path.join(folder, 'node_modules', 'codebolt-wasm');
    mkdirSync(path.dirname(copy));
    cpSync(installed, copy, { recursive: true });
    symlinkSync(path.join(project, 'node_modules', 'ws'), path.join(folder, 'node_modules', 'ws'));
    rmSync(path.join(copy, 'toolbox.cjs'));
    writeFileSync(path.join(folder, 'a.txt'), 'alpha');
    const program = path.join(folder, 'program.mjs');
    writeFileSync(
      program,
      `import codebolt from 'codebolt-wasm';
      const { content } = await codebolt.fs.readFile(${JSON.stringify(path.join(folder, 'a.txt'))});
      const failure = await codebolt.mcp.listMcpFromServers(['codebolt']).catch((error) => error.code);
      console.log(content, failure);
      await codebolt.close();`,
    );
    const host = await fileHost(folder);
    const { output } = await run([program], host.env).finally(() => host.close());
    assert.equal(output, 'alpha MODULE_NOT_FOUND\n');
  });

  it('gives CommonJS what it gives ECMAScript modules', async () => {
    const commonjs = createRequire(path.join(project, 'x.cjs'))('codebolt-wasm/tools');
    const esm = await fromPackage('tools-node.js');
    assert.deepEqual(Object.keys(commonjs).sort(), Object.keys(esm).sort());
    for (const name of Object.keys(esm)) assert.equal(commonjs[name], esm[name], name);
  });
});
