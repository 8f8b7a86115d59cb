/** What was built for browsers, in Chromium. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { launch } from '../runtimes/browsers.mjs';
import { serve } from '../runtimes/web-server.mjs';
import { assertOutcome, emptyFolder, hostUrl } from './project.mjs';

/** A page that loads a script. @param {string} script @param {string} [type] */
export const html = (script, type = 'module') => `<!doctype html><meta charset="utf-8"><body><script type="${type}" src="./${script}"></script>\n`;

/**
 * Opens a page of a folder; it has to do all that a program does.
 * @param {string} folder
 * @param {{ page?: string, script?: string, type?: string }} [options] `script`: a page is made that loads this one
 */
export const assertPage = async (folder, { page = 'index.html', script, type } = {}) => {
  if (script) writeFileSync(path.join(folder, page), html(script, type));
  const server = await serve(folder);
  try {
    await assertPageAt(server, page);
  } finally {
    await server.close();
  }
};

/** The same for the page that another server has at its root. @param {string} at */
export const assertPageFrom = async (at) => {
  const server = await serve(emptyFolder());
  try {
    await assertPageAt(server, '', at);
  } finally {
    await server.close();
  }
};

/** @param {Awaited<ReturnType<typeof serve>>} server @param {string} page @param {string} [at] */
const assertPageAt = async (server, page, at) => {
  const browser = await launch('chrome');
  try {
    assertOutcome(await server.open(browser, page, { host: hostUrl }, at));
  } finally {
    await browser.close();
  }
};
