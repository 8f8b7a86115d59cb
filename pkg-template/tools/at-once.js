/**
 * The tools, loaded with what uses them. They could be imported on first use, but a bundler would make a second file of them then,
 * which rollup refuses to do unasked, and which an agent in one file would miss.
 */
export { toolsOf } from '../toolbox.js';
