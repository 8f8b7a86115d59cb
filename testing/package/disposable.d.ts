/** The name of the method that `await using` calls, for compilers and settings that do not have it. */
interface SymbolConstructor {
  readonly asyncDispose: unique symbol;
}
