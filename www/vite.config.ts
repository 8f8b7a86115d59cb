import { defineConfig, type Plugin } from 'vite';
import { exampleAsFunction } from './example-as-function.ts';

// Scripts and styles are the page's own files alone; sockets may go to any host, whose address is the user's choice.
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The built page's Content-Security-Policy. Vite's own server needs inline styles, so that it goes without. */
const contentSecurityPolicy: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' },
  ],
};

// `codebolt-wasm` is a link to pkg/, so that a package that was built anew is seen at once. Prebundling would copy it.
export default defineConfig({
  // Relative addresses: the page may lie in any folder of any static server.
  base: './',
  plugins: [contentSecurityPolicy, exampleAsFunction],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // Its module is fetched by the page, and lies beside this folder.
  server: { fs: { allow: ['.', '../pkg'] } },
  optimizeDeps: { exclude: ['codebolt-wasm'] },
  // The worker of the page's own host fetches its module when it is wanted.
  worker: { format: 'es' },
  build: { target: 'es2022', modulePreload: { polyfill: false } },
});
