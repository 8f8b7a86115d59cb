// Agents that are bundled before they run: with the tools they have them, without they do not.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import { project, run } from './project.mjs';

/** @param {string} contents @param {import('esbuild').BuildOptions} options */
const bundled = async (contents, options) => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: project },
    bundle: true,
    write: false,
    logLevel: 'error',
    external: ['*.wasm'],
    ...options,
  });
  return outputFiles[0];
};

/** Words of a tool's description. */
const OF_TOOLS = 'old_string must match exactly';

describe('a bundle', () => {
  it('in CommonJS for Node has the tools of the instance that is in it', async () => {
    const { path: file, contents } = await bundled(
      `const codebolt = require('codebolt-wasm').default;
      const tools = require('codebolt-wasm/tools').default;
      tools.getRegistry().unregisterTool('glob');
      codebolt.mcp.listMcpFromServers(['codebolt']).then(({ data }) => console.log(data.tools.length, tools.getToolNames().length));`,
      { platform: 'node', format: 'cjs', outfile: path.join(project, 'bundle.cjs'), logOverride: { 'empty-import-meta': 'silent' } },
    );
    writeFileSync(file, contents);
    const { output } = await run([file]);
    assert.equal(output, '72 72\n');
  });

  for (const entry of ['codebolt-wasm', 'codebolt-wasm/inline']) {
    it(`for a browser has the tools of the instance of ${entry}`, async () => {
      const { path: file, contents } = await bundled(
        `import codebolt from '${entry}';
        import tools, { toolsFor } from '${entry}/tools';
        tools.getRegistry().unregisterTool('glob');
        codebolt.mcp.listMcpFromServers(['codebolt']).then(({ data }) => console.log(toolsFor(codebolt) === tools, data.tools.length));`,
        { platform: 'browser', format: 'esm', outfile: path.join(project, 'bundle.mjs') },
      );
      writeFileSync(file, contents);
      const { output } = await run([file]);
      assert.equal(output, 'true 72\n');
    });
  }

  it('for a browser has them when its agent uses `mcp`, and not when it uses the event log alone', async () => {
    const browser = { platform: 'browser', format: 'esm' };
    const withMcp = await bundled("import { mcp } from 'codebolt-wasm'; globalThis.mcp = mcp;", browser);
    const without = await bundled("import { eventLog } from 'codebolt-wasm'; globalThis.eventLog = eventLog;", browser);
    assert.ok(withMcp.text.includes(OF_TOOLS));
    assert.ok(!without.text.includes(OF_TOOLS));
    assert.ok(!without.text.includes('toolbox'));
  });
});
