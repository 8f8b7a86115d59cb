/** The package: import, connect, one request; usable once the module is loaded and the call made. Milliseconds on stdout. */
const [url] = process.argv.slice(2);
const start = performance.now();
const { Codebolt } = await import('codebolt-wasm');
const imported = performance.now() - start;
const reply = new Codebolt({ url }).eventLog.createInstance('a');
const usable = performance.now() - start;
await reply;
const replied = performance.now() - start;
console.log(JSON.stringify({ imported, usable, replied }));
process.exit();
