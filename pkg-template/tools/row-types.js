/**
 * What `table.js` holds, which `cargo xtask build` makes of `definitions/tools/`.
 *
 * @typedef {(params: any, reply: any, error: any) => any} Text
 *
 * How a call ends. `needs` is the member that a reply needs to be no failure.
 * @typedef {{
 *   fails?: (reply: any) => boolean, reason?: (reply: any) => any, needs?: string,
 *   done?: Text, shown?: Text, missing?: Text, missingShown?: Text, missingMessage?: Text,
 *   failed?: Text, failedShown?: Text, fallback?: Text, thrown?: Text, thrownShown?: Text, thrownAsText?: boolean,
 *   errorType?: string,
 * }} Outcome
 *
 * One tool. `locations` is the parameter with the path or paths that it touches, `line` that with the line in there.
 * A tool has `call`, or `run` for all of it, or neither. `shape` makes the result of a reply that is not a failure, where
 * `done` and `shown` do not.
 * @typedef {Outcome & {
 *   name: string, title: string, kind: string, text: string,
 *   properties: Record<string, any>, required: string[], rules?: any[], locations?: string, line?: string,
 *   call?: (sdk: any, params: any, options: import('../define.d.ts').CallOptions) => Promise<any>,
 *   run?: (params: any, sdk: import('../tools.d.ts').ToolsSdk, options: import('../define.d.ts').CallOptions) => Promise<any>,
 *   shape?: (params: any, reply: any) => any,
 *   confirm?: (params: any) => import('../tools.d.ts').ToolCallConfirmationDetails,
 * }} Row
 *
 * Tools that fail alike.
 * @typedef {{ category: string, explains: boolean, shared: Outcome, tools: Row[] }} Family
 */
export {};
