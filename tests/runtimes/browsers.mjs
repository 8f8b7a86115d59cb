/** The browsers, without a window. Both are driven through WebDriver BiDi or what the browser has for it. */
import assert from 'node:assert/strict';
import puppeteer from 'puppeteer-core';

// A machine for tests has no sandbox and no graphics, and the browsers are to speak to this machine only.
const CHROMIUM = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

/** @param {'chrome' | 'firefox'} browser */
export const launch = (browser) => {
  const executablePath = process.env[browser === 'chrome' ? 'CODEBOLT_CHROMIUM' : 'CODEBOLT_FIREFOX'];
  assert.ok(executablePath, `no ${browser}: run these tests with \`cargo xtask test\``);
  return puppeteer.launch({ browser, executablePath, headless: true, args: browser === 'chrome' ? CHROMIUM : [] });
};
