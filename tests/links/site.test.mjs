/** Links and anchors of the built site, and that its search knows the pages. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'parse5';
import { faultOfOutside } from './markdown.mjs';

const site = process.env.CODEBOLT_SITE ?? '';
const base = process.env.CODEBOLT_SITE_BASE ?? '/';
assert.ok(site, 'run these tests with `cargo xtask test links`');

/** @param {any} node @returns {Generator<any>} */
function* elements(node) {
  for (const child of node.childNodes ?? []) {
    if (child.tagName) yield child;
    yield* elements(child);
  }
}
/** @param {any} element @param {string} name */
const attribute = (element, name) => element.attrs.find((/** @type {any} */ one) => one.name === name)?.value;

const files = readdirSync(site, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));
const pages = new Map(
  files.filter((file) => file.endsWith('.html')).map((file) => {
    const all = [...elements(parse(readFileSync(path.join(site, file), 'utf8')))];
    return [
      file,
      {
        anchors: new Set(all.map((element) => attribute(element, 'id')).filter(Boolean)),
        links: all.flatMap((element) => [element.tagName === 'a' && attribute(element, 'href'), element.tagName === 'img' && attribute(element, 'src')]).filter(Boolean),
      },
    ];
  }),
);

/** The file that a server without settings, or with clean addresses, has for a path. @param {string} at */
const fileOf = (at) => [at, `${at}.html`, path.posix.join(at, 'index.html')].find((file) => file !== '' && files.includes(file) && path.extname(file) !== '');

/** @param {string} file @param {string} link */
const faultOf = (file, link) => {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return faultOfOutside(link);
  const here = new URL(base + file, 'https://site.invalid');
  const url = new URL(link, here);
  if (!url.pathname.startsWith(base)) return `leads out of ${base}`;
  const there = link.startsWith('#') ? file : fileOf(decodeURIComponent(url.pathname.slice(base.length)).replace(/\/$/, ''));
  if (!there) return 'no such page';
  const anchor = decodeURIComponent(url.hash.slice(1));
  if (anchor && !pages.get(there)?.anchors.has(anchor)) return `${there} has no #${anchor}`;
};

describe('every link of the site leads somewhere', () => {
  it('has the guide, the recipes, the host, the protocol, and a page for each module', () => {
    for (const page of ['index', 'guide/getting-started', 'guide/event-log', 'recipes/live-read-model', 'host', 'protocol', 'migrating', 'api/index', 'api/event-log', 'api/codebolt', '404']) {
      assert.ok(pages.has(`${page}.html`), page);
    }
    assert.ok([...pages.keys()].filter((file) => file.startsWith('api/')).length > 60);
  });
  for (const [file, { links }] of pages) {
    it(file, () => {
      const faults = links.map((/** @type {string} */ link) => [link, faultOf(file, link)]).filter((/** @type {unknown[]} */ [, fault]) => fault);
      assert.deepEqual(faults, []);
    });
  }
  it('and one that does not is seen', () => {
    assert.match(String(faultOf('index.html', 'nowhere')), /no such page/);
    assert.match(String(faultOf('index.html', 'host#nowhere')), /has no/);
    assert.match(String(faultOf('index.html', '/elsewhere')), base === '/' ? /no such page/ : /leads out/);
  });
});

it('the search knows the pages', () => {
  const [index] = files.filter((file) => /localSearchIndex/.test(file)).map((file) => readFileSync(path.join(site, file), 'utf8'));
  assert.ok(index);
  for (const text of ['guide/errors', 'api/event-log', 'recipes/live-read-model']) assert.ok(index.includes(text), text);
});

it('it fetches nothing from other servers', () => {
  for (const file of files.filter((name) => /\.(?:html|css)$/.test(name))) {
    const text = readFileSync(path.join(site, file), 'utf8');
    const fetched = [...text.matchAll(/(?:<(?:script|img|iframe)[^>]*\bsrc=|<link[^>]*\bhref=|url\()["']?(https?:\/\/[^"')\s]+)/g)].map(([, address]) => address);
    assert.deepEqual(fetched, [], file);
  }
  assert.ok(!existsSync(path.join(site, 'package.json')));
});
