/** The agent as a program: `SOCKET_PORT=12345 node main.mjs`. */
import codebolt from 'codebolt-wasm';
import { startAgent } from './agent.mjs';

startAgent(codebolt);
