module.exports = require('codebolt-wasm/tools');
