/** Markdown as GitHub reads it: its links, and the anchors that others may link to. */
import GithubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';

const parser = new MarkdownIt({ html: true });

/** @param {any[]} tokens @returns {Generator<any>} */
function* all(tokens) {
  for (const token of tokens) {
    yield token;
    if (token.children) yield* all(token.children);
  }
}

const HTML_LINK = /<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]*)"/g;
const HTML_ANCHOR = /\b(?:id|name)="([^"]+)"/g;

/** @param {string} text */
export const read = (text) => {
  const tokens = parser.parse(text.replace(/^---\n[^]*?\n---\n/, ''), {});
  const slugger = new GithubSlugger();
  /** @type {string[]} */
  const links = [];
  const anchors = new Set();
  for (const token of all(tokens)) {
    const target = token.attrGet?.('href') ?? token.attrGet?.('src');
    if (target !== null && target !== undefined) links.push(target);
    if (token.type.startsWith('html')) {
      for (const [, link] of token.content.matchAll(HTML_LINK)) links.push(link);
      for (const [, anchor] of token.content.matchAll(HTML_ANCHOR)) anchors.add(anchor);
    }
  }
  tokens.forEach((token, at) => {
    if (token.type !== 'heading_open') return;
    const words = (tokens[at + 1].children ?? []).map((/** @type {any} */ { type, content }) => (type === 'text' || type === 'code_inline' ? content : ''));
    anchors.add(slugger.slug(words.join('')));
  });
  return { links, anchors };
};

/** What is wrong with the form of a link to another server; nothing where it could be right. @param {string} link */
export const faultOfOutside = (link) => {
  let url;
  try {
    url = new URL(link);
  } catch {
    return 'not an address';
  }
  if (!['https:', 'http:', 'mailto:'].includes(url.protocol)) return `${url.protocol} is not a protocol that pages link to`;
  if (url.protocol === 'mailto:') return;
  const local = ['localhost', '127.0.0.1'].includes(url.hostname);
  if (url.protocol === 'http:' && !local) return 'not https';
  if (!local && !url.hostname.includes('.')) return 'a host without a domain';
};
