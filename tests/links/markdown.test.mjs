/** Links and anchors of all Markdown in the repository, and of the reference pages that are built. Links to other servers by their form only. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faultOfOutside, read } from './markdown.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
const built = readdirSync(path.join(root, 'pkg/docs/api')).map((file) => `pkg/docs/api/${file}`);
const files = [...tracked, ...built].filter((file) => existsSync(path.join(root, file)));
const pages = new Map(files.map((file) => [file, read(readFileSync(path.join(root, file), 'utf8'))]));

/** What is wrong with a link of a page, if something is. @param {string} file @param {string} link */
const faultOf = (file, link) => {
  // VitePress's own way to name a page of the site, in a page's head.
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return faultOfOutside(link);
  const [target, anchor] = link.split('#');
  const at = target === '' ? file : path.posix.normalize(path.posix.join(path.posix.dirname(file), decodeURIComponent(target)));
  if (at.startsWith('..')) return 'outside of the repository';
  if (!existsSync(path.join(root, at))) return `${at} does not exist`;
  if (anchor === undefined) return;
  // Links to what reference pages are made from are links to those pages; the site's test looks at their anchors.
  if (!at.endsWith('.md')) return /\.(?:toml|ts)$/.test(at) ? undefined : `${at} has no anchors`;
  if (!pages.get(at)?.anchors.has(anchor)) return `${at} has no heading #${anchor}`;
};

describe('every link of Markdown leads somewhere', () => {
  it('there are pages with links', () => {
    assert.ok(pages.size > 70 && [...pages.values()].some(({ links }) => links.length > 10));
  });
  for (const [file, { links }] of pages) {
    it(file, () => {
      assert.deepEqual(links.map((link) => [link, faultOf(file, link)]).filter(([, fault]) => fault), []);
    });
  }
});

describe('the checks see', () => {
  for (const [link, fault] of [
    ['docs/nowhere.md', /does not exist/],
    ['docs/host.md#nowhere', /no heading/],
    ['#nowhere', /no heading/],
    ['../x.md', /outside/],
    ['http://example.org/', /not https/],
    ['https://example', /domain/],
    ['javascript:alert(1)', /protocol/],
  ]) {
    it(`${link}`, () => assert.match(String(faultOf('README.md', /** @type {string} */ (link))), /** @type {RegExp} */ (fault)));
  }
  for (const link of ['docs/host.md#querying', 'https://example.org/x', 'http://localhost:12345/']) {
    it(`that ${link} is right`, () => assert.equal(faultOf('README.md', link), undefined));
  }
});
