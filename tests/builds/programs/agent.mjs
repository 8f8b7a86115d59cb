import codebolt, { Codebolt, CodeboltError, eventLog } from 'codebolt-wasm';
import { roundTrip } from './round-trip.mjs';

const one = codebolt instanceof Codebolt && typeof eventLog.createInstance === 'function' && new CodeboltError('HOST_ERROR', '').name === 'CodeboltError';
roundTrip(codebolt).then(
  (outcome) => console.log(JSON.stringify({ ...outcome, one })),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
