// The same with the module within the JavaScript.
import { Codebolt } from 'codebolt-wasm/inline';
import { report } from './report.mjs';

report(Codebolt);
