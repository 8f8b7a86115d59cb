/** A registry of a few packages, for installations that ask no other. */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

/** @param {string} folder @param {Record<string, unknown>} description */
export const packed = (folder, description) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ license: 'MIT', main: 'index.js', ...description }));
  writeFileSync(path.join(folder, 'index.js'), `module.exports = '${description.name}';\n`);
  return packedFolder(folder);
};

/** The packed file of a folder. @param {string} folder */
export const packedFolder = (folder) => {
  const said = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--loglevel', 'error'], { cwd: folder, encoding: 'utf8' });
  const [{ filename }] = Object.values(JSON.parse(said));
  return path.join(folder, filename);
};

/** What `package.json` in a packed file says. @param {string} file */
const descriptionIn = (file) => JSON.parse(execFileSync('tar', ['-xzOf', file, 'package/package.json'], { encoding: 'utf8' }));

/**
 * Serves packed files. Gives its address, and what was asked for that it does not have.
 * @param {string[]} files
 */
export const serve = async (files) => {
  const contents = files.map((file) => ({ file, bytes: readFileSync(file), ...descriptionIn(file) }));
  /** @type {string[]} */
  const missing = [];
  const server = createServer((request, response) => {
    const asked = decodeURIComponent(new URL(request.url ?? '/', 'http://registry').pathname.slice(1));
    const file = contents.find(({ name, version }) => asked === `${name}/-/${version}.tgz`);
    if (file) return response.end(file.bytes);
    const versions = contents.filter(({ name }) => name === asked);
    if (versions.length === 0) {
      missing.push(asked);
      response.statusCode = 404;
      return response.end('{}');
    }
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        name: asked,
        'dist-tags': { latest: versions.at(-1).version },
        time: Object.fromEntries(versions.map(({ version }) => [version, '2020-01-01T00:00:00.000Z'])),
        versions: Object.fromEntries(
          versions.map(({ file: _, bytes, ...description }) => [
            description.version,
            {
              ...description,
              dist: {
                tarball: `${address}/${asked}/-/${description.version}.tgz`,
                integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
                shasum: createHash('sha1').update(bytes).digest('hex'),
              },
            },
          ]),
        ),
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  return { address, missing, close: () => server.close() };
};
