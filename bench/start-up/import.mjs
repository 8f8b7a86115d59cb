/** The import of a package's entry: how many milliseconds, and how many modules it has, as JSON on stdout. */
const [entry] = process.argv.slice(2);
const start = performance.now();
const { default: codebolt, Codebolt, ...named } = await import(entry);
const imported = performance.now() - start;
// A module is a named export that the instance has as well.
const modules = Object.entries(named).filter(([name, value]) => typeof value === 'object' && name in codebolt).length;
console.log(JSON.stringify({ imported, modules }));
process.exit();
