/** The browsers, without a window. Both are driven through WebDriver BiDi or what the browser has for it. */
import assert from 'node:assert/strict';
import puppeteer from 'puppeteer-core';
import { CHROMIUM_ARGUMENTS } from '../chromium.mjs';

/** @param {'chrome' | 'firefox'} browser */
export const launch = (browser) => {
  const executablePath = process.env[browser === 'chrome' ? 'CODEBOLT_CHROMIUM' : 'CODEBOLT_FIREFOX'];
  assert.ok(executablePath, `no ${browser}: run these tests with \`cargo xtask test\``);
  return puppeteer.launch({ browser, executablePath, headless: true, args: browser === 'chrome' ? CHROMIUM_ARGUMENTS : [] });
};
