// CommonJS gets the instance that ECMAScript modules get.
const codebolt = require('./node.js').default;

// @ts-expect-error TypeScript takes the line below for one more export
module.exports = codebolt;
// It has it from its class; said here for tools that read what a file exports.
Object.defineProperty(module.exports, 'default', { value: codebolt });
