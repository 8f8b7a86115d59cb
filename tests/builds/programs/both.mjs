// A program that gets the package both ways, as happens when some of its dependencies import it and others require it.
import imported, { Codebolt, CodeboltError } from 'codebolt-wasm';
import tools, { toolsFor } from 'codebolt-wasm/tools';
import requiredTools from './requires-tools.cjs';
import required from './requires.cjs';
import { roundTrip } from './round-trip.mjs';

const one = imported === required && required.Codebolt === Codebolt && required.CodeboltError === CodeboltError && requiredTools.default === tools && toolsFor(required) === tools;
roundTrip(required).then((outcome) => console.log(JSON.stringify({ ...outcome, one })));
