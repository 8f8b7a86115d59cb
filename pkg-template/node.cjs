// CommonJS gets the instance that ECMAScript modules get.
module.exports = require('./node.js').default;
