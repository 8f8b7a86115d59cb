/** Ways to run, and to be deployed: threads, processes, permissions, a disk that cannot be written, single executables. */
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assertOutcome, assertRuns, command, emptyFolder, makeProject, moveOut, node, run, runtimes } from '../project.mjs';

const node24 = path.join(runtimes, 'node-24', 'bin', 'node');

test('worker_threads', async () => {
  const folder = makeProject('more', {
    'main.mjs': "import { Worker } from 'node:worker_threads';\nnew Worker(new URL('./agent.mjs', import.meta.url));\nnew Worker(new URL('./agent.cjs', import.meta.url));\n",
  });
  const printed = await run(process.execPath, ['main.mjs'], { cwd: folder, quiet: true });
  const lines = printed.trim().split('\n');
  if (lines.length !== 2) throw new Error(printed);
  for (const line of lines) assertOutcome(JSON.parse(line));
});

test('cluster', async () => {
  const folder = makeProject('more', {
    'main.cjs': "const cluster = require('node:cluster');\nif (cluster.isPrimary) cluster.fork();\nelse { require('./agent.cjs'); process.on('beforeExit', () => process.disconnect?.()); setTimeout(() => process.exit(), 5000).unref(); cluster.worker.process.channel?.unref?.(); }\n",
  });
  await assertRuns(path.join(folder, 'main.cjs'));
});

for (const source of ['agent.mjs', 'agent.cjs']) {
  test(`as on Lambda: no require of ECMAScript modules, a disk that is only read: ${source}`, async () => {
    const folder = makeProject('more');
    await run('chmod', ['-R', 'a-w', folder], { cwd: '/' });
    try {
      await assertRuns(path.join(folder, source), ['--no-experimental-require-module', '--no-warnings']);
    } finally {
      chmodSync(folder, 0o755);
      await run('chmod', ['-R', 'u+w', folder], { cwd: '/' });
    }
  });

  test(`--permission, with nothing but its own folder to read: ${source}`, async () => {
    const folder = makeProject('more');
    await assertRuns(path.join(folder, source), ['--permission', `--allow-fs-read=${folder}/*`], { program: node24 });
  });
}

test('a single executable of Node', async () => {
  const folder = makeProject('core');
  await run(command('core', 'esbuild'), ['agent.mjs', '--bundle', '--platform=node', '--format=cjs', '--outfile=agent.js'], { cwd: folder });
  writeFileSync(path.join(folder, 'sea.json'), JSON.stringify({ main: 'agent.js', output: 'sea.blob', disableExperimentalSEAWarning: true }));
  await run(node24, ['--experimental-sea-config', 'sea.json'], { cwd: folder });
  const program = path.join(folder, 'agent');
  copyFileSync(node24, program);
  await node(command('more', 'postject'), [program, 'NODE_SEA_BLOB', 'sea.blob', '--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'], { cwd: folder });
  const output = moveOut(folder, 'agent');
  assertOutcome(JSON.parse(await run(output, [], { cwd: path.dirname(output), quiet: true })));
});

test('bun build --compile', async () => {
  const folder = makeProject('more');
  await run(path.join(runtimes, 'bun', 'bin', 'bun.exe'), ['build', '--compile', 'agent.mjs', '--outfile', 'agent'], { cwd: folder });
  const output = moveOut(folder, 'agent');
  assertOutcome(JSON.parse(await run(output, [], { cwd: path.dirname(output), quiet: true })));
});

for (const target of ['node', 'bun']) {
  test(`bun build --target ${target}`, async () => {
    const folder = makeProject('more');
    const bun = path.join(runtimes, 'bun', 'bin', 'bun.exe');
    await run(bun, ['build', 'agent.mjs', '--target', target, '--outdir', 'dist'], { cwd: folder });
    await assertRuns(path.join(moveOut(folder, 'dist'), 'agent.js'), target === 'node' ? ['--experimental-default-type=module', '--no-warnings'] : [], {
      program: target === 'node' ? process.execPath : bun,
    });
  });
}

test('esbuild of a program that Deno runs', async () => {
  const folder = makeProject('core');
  await run(command('core', 'esbuild'), ['agent.mjs', '--bundle', '--platform=node', '--format=esm', '--outfile=out.mjs'], { cwd: folder });
  const output = moveOut(folder, 'out.mjs');
  await assertRuns(output, ['run', '--no-remote', '--allow-net=127.0.0.1', '--allow-env', '--allow-read'], {
    program: path.join(runtimes, '@deno', 'linux-x64-glibc', 'deno'),
    env: { DENO_NO_UPDATE_CHECK: '1', DENO_DIR: emptyFolder() },
  });
});
