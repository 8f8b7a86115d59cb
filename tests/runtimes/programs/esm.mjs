import codebolt, { Codebolt, CodeboltError, eventLog } from 'codebolt-wasm';
import { roundTrip } from './round-trip.mjs';

if (!(codebolt instanceof Codebolt) || !(new CodeboltError('NOT_SUPPORTED', '') instanceof Error)) throw new Error('classes');
if (eventLog.createInstance === undefined) throw new Error('eventLog');
console.log(JSON.stringify(await roundTrip(codebolt, 'esm')));
