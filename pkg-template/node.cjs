// CommonJS gets the instance that ECMAScript modules get. Runtimes that read this file without running it know this form,
// and by it the names that can be imported from here.
module.exports = require('./node.js').default;
