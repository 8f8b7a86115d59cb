import codebolt from 'codebolt-wasm';
import { roundTrip } from './round-trip.mjs';

roundTrip(codebolt, 'bundle').then(
  (outcome) => console.log(JSON.stringify(outcome)),
  (error) => {
    console.error(`${error.code}: ${error.message}`);
    process.exitCode = 1;
  },
);
