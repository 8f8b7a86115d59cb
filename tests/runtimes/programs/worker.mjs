// Import maps do not reach workers: without a bundler the package is imported by its path.
import { Codebolt } from '../node_modules/codebolt-wasm/browser.js';
import { url } from './report.mjs';
import { roundTrip } from './round-trip.mjs';

const outcome = () =>
  roundTrip(new Codebolt({ url }), 'worker').catch((error) => ({ error: `${error.name}: ${error.message}\n${error.stack}` }));

if ('onconnect' in globalThis) globalThis.onconnect = async ({ ports: [port] }) => port.postMessage(await outcome());
else postMessage(await outcome());
