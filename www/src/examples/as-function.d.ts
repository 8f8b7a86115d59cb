/** An example as a function; see `example-as-function.ts`. */
declare module '*.js?run' {
  const run: import('./run').Example;
  export default run;
}
