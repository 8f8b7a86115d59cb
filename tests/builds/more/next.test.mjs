/** Next: a page, a route and the edge runtime, by webpack and Turbopack, deployed by its `standalone` output. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertPageFrom } from '../browser.mjs';
import { assertOutcome, command, hostUrl, makeProject, moveOut, node } from '../project.mjs';

const route = (/** @type {string} */ runtime) => `import codebolt, { Codebolt } from 'codebolt-wasm';
import { roundTrip } from '../../round-trip.mjs';

export const dynamic = 'force-dynamic';
export const runtime = '${runtime}';
export async function GET(request) {
  const own = new Codebolt({ url: new URL(request.url).searchParams.get('host') });
  return Response.json({ ...(await roundTrip(own)), one: codebolt instanceof Codebolt });
}
`;
const files = {
  'package.json': { name: 'site', private: true, dependencies: { 'codebolt-wasm': '*', next: '*', react: '*', 'react-dom': '*' } },
  'app/layout.js': 'export default function Layout({ children }) { return <html><body>{children}</body></html>; }\n',
  'app/page.js': `'use client';
import { useEffect } from 'react';
import { Codebolt } from 'codebolt-wasm';
import { report } from '../report.mjs';

export default function Page() {
  useEffect(() => void report(Codebolt), []);
  return <p>page</p>;
}
`,
  'app/node/route.js': route('nodejs'),
  'app/edge/route.js': route('edge'),
};

/** @type {import('node:child_process').ChildProcess[]} */
const running = [];
after(() => running.forEach((child) => child.kill('SIGKILL')));

/** Starts what was built, and gives its address. @param {string} server */
const start = async (server) => {
  const port = String(20_000 + Math.floor(Math.random() * 30_000));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, [path.basename(server)], { cwd: path.dirname(server), env: { ...env, PORT: port, HOSTNAME: '127.0.0.1' }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let said = '';
  child.stdout.on('data', (data) => (said += data));
  child.stderr.on('data', (data) => (said += data));
  for (let tries = 0; tries < 150; tries += 1) {
    if (/Ready/.test(said)) return { at: `http://127.0.0.1:${port}`, said: () => said, child };
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the server did not start:\n${said}`);
};

for (const [bundler, external] of /** @type {const} */ ([
  ['webpack', false],
  ['webpack', true],
  ['turbopack', false],
])) {
  test(`next build --${bundler}, ${external ? 'the package external' : 'the package bundled'}`, async () => {
    const folder = makeProject('more', {
      ...files,
      // The packages of Next itself lie above the project, as in a workspace.
      'next.config.mjs': `import path from 'node:path';

const root = path.dirname(import.meta.dirname);
export default {
  output: 'standalone', outputFileTracingRoot: root, turbopack: { root },
  ${external ? "serverExternalPackages: ['codebolt-wasm']," : ''}
};
`,
    });
    await node(command('more', 'next'), ['build', `--${bundler}`], { cwd: folder, env: { NEXT_TELEMETRY_DISABLED: '1' }, limit: 500_000 });
    const name = path.basename(folder);
    cpSync(path.join(folder, '.next', 'static'), path.join(folder, '.next', 'standalone', name, '.next', 'static'), { recursive: true });
    const site = path.join(moveOut(folder, '.next/standalone'), name);
    const { at, said, child } = await start(path.join(site, 'server.js'));
    try {
      for (const kind of ['node', 'edge']) {
        const response = await fetch(`${at}/${kind}?host=${encodeURIComponent(hostUrl)}`);
        const text = await response.text();
        assert.equal(response.status, 200, `${kind}: ${text}\n${said()}`);
        assertOutcome(JSON.parse(text));
      }
      // The page's server, as a browser meets it, with the tests' own for what it reports.
      await assertPageFrom(at);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  });
}
