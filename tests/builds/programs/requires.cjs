module.exports = require('codebolt-wasm');
