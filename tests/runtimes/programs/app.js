// As an application has it: nothing here knows of a bundler.
import { Codebolt } from 'codebolt-wasm';
import { report, url } from './report.mjs';
import { roundTrip } from './round-trip.mjs';

report(roundTrip(new Codebolt({ url }), 'bundle'));
