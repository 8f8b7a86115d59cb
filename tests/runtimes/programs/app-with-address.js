// For bundlers that have to be told of the module: its address comes from an import.
import { Codebolt, initAsync } from 'codebolt-wasm';
import address from 'codebolt-wasm/codebolt_wasm_bg.wasm';
import { report, url } from './report.mjs';
import { roundTrip } from './round-trip.mjs';

report(initAsync(new URL(address, import.meta.url)).then(() => roundTrip(new Codebolt({ url }), 'bundle')));
