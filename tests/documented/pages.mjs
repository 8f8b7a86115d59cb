/** The pages whose code is run. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { blocksOf } from './blocks.mjs';

const root = new URL('../../', import.meta.url);
/** @param {string} folder */
const markdownIn = (folder) =>
  readdirSync(new URL(folder, root))
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => `${folder}${file}`);

export const checkout = fileURLToPath(root);

/** Each page with its blocks. The README's part on the module by itself belongs to the suite as-typed. */
export const pages = ['README.md', 'pkg-template/README.md', 'docs/index.md', ...markdownIn('docs/guide/'), ...markdownIn('docs/recipes/'), 'docs/migrating.md'].map((page) => {
  const text = readFileSync(new URL(page, root), 'utf8').replace(/\n## The module by itself\n[^]*?(?=\n## |$)/, (part) => part.replace(/[^\n]/g, ''));
  return { page, blocks: blocksOf(text) };
});
