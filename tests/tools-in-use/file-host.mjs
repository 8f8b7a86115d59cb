// A host that does with real files and a real shell what the tools ask of it.

import { exec } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WebSocketServer } from 'ws';

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

/** What it does, by action or type. `root` is the project. */
const work = (root) => ({
  readFile: async ({ filePath }) => ({ content: await readFile(filePath, 'utf8') }),
  createFile: async ({ filePath, content }) => {
    await mkdir(path.dirname(filePath), { recursive: true });
    await writeFile(filePath, content);
    return {};
  },
  updateFile: async ({ path: file, content }) => {
    await stat(file);
    await writeFile(file, content);
    return {};
  },
  listDirectory: async ({ path: folder, show_hidden: hidden, limit }) => {
    const entries = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.') && !hidden) continue;
      const { size } = await stat(path.join(folder, entry.name));
      entries.push({ name: entry.name, type: entry.isDirectory() ? 'directory' : 'file', isDirectory: entry.isDirectory(), size });
    }
    return { entries: entries.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, limit) };
  },
  readManyFiles: async ({ paths }) => ({
    results: await Promise.all(
      paths.map((file) => readFile(file, 'utf8').then((content) => ({ path: file, content }), (error) => ({ path: file, error: error.code }))),
    ),
  }),
  fuzzySearch: async ({ query }) => ({ results: (await filesBelow(root)).filter((file) => matcher(query).test(file)) }),
  grepSearch: ({ path: folder, pattern, options }) => lines(folder, new RegExp(pattern, options.caseSensitive ? '' : 'i'), matcher(options.includePattern)),
  searchFiles: ({ path: folder, regex, filePattern }) => lines(folder, new RegExp(regex), matcher(filePattern)),
  executeCommand: (command) =>
    new Promise((resolve) => {
      exec(command, { cwd: root }, (error, stdout) => resolve({ type: 'commandFinish', output: stdout, exitCode: error?.code ?? 0 }));
    }),
});

/** Starts one. `host.env` tells programs where it is; `host.frames` is what came. */
export const fileHost = async (root) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const actions = work(root);
  const frames = [];
  server.on('connection', (socket) => {
    socket.on('message', async (text) => {
      const frame = JSON.parse(text);
      frames.push(frame);
      const action = actions[frame.action ?? frame.type];
      if (!action) return;
      const answer = await action(frame.message).catch((error) => ({ success: false, error: error.message }));
      socket.send(JSON.stringify({ type: `${frame.action ?? frame.type}Response`, requestId: frame.requestId, success: true, ...answer }));
    });
  });
  const { port } = server.address();
  return {
    frames,
    port,
    env: { CODEBOLT_SERVER_URL: '127.0.0.1', SOCKET_PORT: String(port) },
    close: () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
};
