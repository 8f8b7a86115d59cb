const codebolt = require('codebolt-wasm');
const { Codebolt, eventLog } = require('codebolt-wasm');

(async () => {
  const esm = await import('codebolt-wasm');
  if (codebolt !== esm.default || codebolt.default !== codebolt) throw new Error('two instances');
  if (Codebolt !== esm.Codebolt || !(codebolt instanceof Codebolt) || eventLog.createInstance === undefined) throw new Error('classes');
  const { roundTrip } = await import('./round-trip.mjs');
  console.log(JSON.stringify(await roundTrip(codebolt, 'commonjs')));
})();
