// As agents are written for CommonJS: the module is the instance, and carries itself and the class.
const codebolt = require('codebolt-wasm');
const { Codebolt, CodeboltError, eventLog, initAsync } = require('codebolt-wasm');
const { roundTrip } = require('./round-trip.cjs');

const one =
  codebolt.default === codebolt &&
  codebolt instanceof Codebolt &&
  typeof eventLog.createInstance === 'function' &&
  typeof initAsync === 'function' &&
  new CodeboltError('HOST_ERROR', '').name === 'CodeboltError';
roundTrip(codebolt).then(
  (outcome) => console.log(JSON.stringify({ ...outcome, one })),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
