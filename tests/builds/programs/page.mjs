// In a browser: the host's address is the page's parameter `host`, and what became of it goes to the path `report`.
import { Codebolt } from 'codebolt-wasm';
import { report } from './report.mjs';

report(Codebolt);
