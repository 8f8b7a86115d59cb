/** The site. `cargo xtask docs` copies this beside the pages and starts VitePress; it names the base and the repository. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';

const pages = fileURLToPath(new URL('../', import.meta.url));
const repository = process.env.CODEBOLT_DOCS_REPOSITORY ?? '';

/** A page's first heading. @param {string} page */
const title = (page) => /^# (.+)$/m.exec(readFileSync(join(pages, `${page}.md`), 'utf8'))?.[1].replaceAll('`', '') ?? page;
/** @param {string} page */
const item = (page, text = title(page)) => ({ text, link: `/${page.replace(/(^|\/)index$/, '$1')}` });
/** Those of the pages that there are, then the folder's others. @param {string} folder @param {string[]} first */
const all = (folder, first) => {
  const there = existsSync(join(pages, folder)) ? readdirSync(join(pages, folder)) : [];
  const names = there.filter((file) => file.endsWith('.md') && file !== 'index.md').map((file) => file.slice(0, -3));
  return [...first.filter((name) => names.includes(name)), ...names.filter((name) => !first.includes(name)).sort()].map((name) => (folder ? `${folder}/${name}` : name));
};

const guide = [...all('guide', ['getting-started', 'agents', 'event-log', 'errors', 'reconnecting', 'bundling', 'runtimes', 'tracing']), 'testing', 'testing-your-agent', 'migrating'];
const host = ['host', 'scale-out', 'host-benchmark'];
const reference = ['api/index', 'api/codebolt', 'api/listeners', 'api/tools', 'api/names', 'protocol', 'performance', 'changelog'];
const project = ['contributing', 'architecture', 'releasing'];
const listed = new Set([...guide, ...host, ...reference, ...project]);
const modules = all('api', []).filter((page) => !listed.has(page));
// A page that nobody put into a group is found all the same.
const others = all('', []).filter((page) => !listed.has(page));
/** @param {string[]} list */
const items = (list) => list.filter((page) => existsSync(join(pages, `${page}.md`))).map((page) => item(page));

export default defineConfig({
  title: 'codebolt-wasm',
  description: 'The Codebolt agent SDK in Rust and WebAssembly',
  lang: 'en',
  base: process.env.CODEBOLT_DOCS_BASE ?? '/',
  cleanUrls: true,
  metaChunk: true,
  // Anchors as GitHub makes them, so that a link leads to the same place here and there.
  // In these pages `<` and `{` are characters, and a file's name is not an address.
  markdown: { html: false, linkify: false, attrs: { disable: true }, anchor: { slugify: slug }, theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } },
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [
      item('guide/getting-started', 'Guide'),
      item('host', 'Host'),
      item('api/index', 'Reference'),
    ],
    sidebar: [
      { text: 'Guide', items: items(guide) },
      { text: 'Recipes', items: items(all('recipes', [])) },
      { text: 'Host', items: items(host) },
      { text: 'Reference', items: items(reference) },
      { text: 'Modules', collapsed: true, items: modules.map((page) => item(page)) },
      { text: 'The project', collapsed: true, items: items([...project, ...others]) },
    ].filter((group) => group.items.length > 0),
    socialLinks: repository && !repository.includes('/OWNER/') ? [{ icon: 'github', link: repository }] : undefined,
    footer: { message: 'MIT or Apache-2.0' },
  },
});
