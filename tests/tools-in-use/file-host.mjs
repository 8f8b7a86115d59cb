// A host that does with real files and a real shell what the tools ask of it.

import { exec } from 'node:child_process';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fromProject } from './project.mjs';

const { TestHost } = await fromProject('codebolt-wasm-testing/index.js');

/** The files below a folder, by path. */
const filesBelow = async (folder) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)).sort();
};

/** `*.ts` and `**` as an expression for names. */
const matcher = (glob = '*') => new RegExp(`(^|/)${glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*\*\//g, '(.*/)?').replace(/\*/g, '[^/]*')}$`);

const lines = async (folder, pattern, files) => {
  const results = [];
  for (const file of await filesBelow(folder)) {
    if (!files.test(file)) continue;
    const matches = (await readFile(file, 'utf8'))
      .split('\n')
      .map((content, index) => ({ line: index + 1, content }))
      .filter(({ content }) => pattern.test(content));
    if (matches.length > 0) results.push({ path: file, matches });
  }
  return { results };
};

/** What it does, by the SDK's methods; each gets what its message holds. `root` is the project. */
const work = (root) => ({
  'fs.readFile': async ({ filePath }) => ({ content: await readFile(filePath, 'utf8') }),
  'fs.createFile': async ({ filePath, content }) => {
    await mkdir(path.dirname(filePath), { recursive: true });
    await writeFile(filePath, content);
    return {};
  },
  'fs.updateFile': async ({ path: file, content }) => {
    await stat(file);
    await writeFile(file, content);
    return {};
  },
  'fs.listDirectory': async ({ path: folder, show_hidden: hidden, limit }) => {
    const entries = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.') && !hidden) continue;
      const { size } = await stat(path.join(folder, entry.name));
      entries.push({ name: entry.name, type: entry.isDirectory() ? 'directory' : 'file', isDirectory: entry.isDirectory(), size });
    }
    return { entries: entries.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, limit) };
  },
  'fs.readManyFiles': async ({ paths }) => ({
    results: await Promise.all(
      paths.map((file) => readFile(file, 'utf8').then((content) => ({ path: file, content }), (error) => ({ path: file, error: error.code }))),
    ),
  }),
  'fs.fileSearch': async ({ query }) => ({ results: (await filesBelow(root)).filter((file) => matcher(query).test(file)) }),
  'fs.grepSearch': ({ path: folder, pattern, options }) => lines(folder, new RegExp(pattern, options.caseSensitive ? '' : 'i'), matcher(options.includePattern)),
  'fs.searchFiles': ({ path: folder, regex, filePattern }) => lines(folder, new RegExp(regex), matcher(filePattern)),
  'terminal.executeCommand': (command) =>
    new Promise((resolve) => {
      exec(command, { cwd: root }, (error, stdout) => resolve({ type: 'commandFinish', output: stdout, exitCode: error?.code ?? 0 }));
    }),
});

/** Starts one. `host.env` tells programs where it is. */
export const fileHost = async (root) => {
  const host = await TestHost.start();
  for (const [name, action] of Object.entries(work(root))) {
    // A file that is not there is the tool's to tell, and no fault of the test.
    host.on(name, (_, { frame }) => action(frame.message).catch((error) => host.refuse(error.message)));
  }
  return Object.assign(host, await host.listen());
};
