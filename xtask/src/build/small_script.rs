//! Makes wasm-bindgen's script smaller: removes what only other callers than the package need, and functions
//! that need no `this` become short ones. It is a fifth of the JavaScript that an agent downloads.

use anyhow::{Result, bail};
use std::collections::BTreeSet;

/// The parts to remove, each from a text up to another one, which stays.
const LEFT_OUT: [(&str, &str); 5] = [
    // The package lets the garbage collector free clients.
    (
        "    __destroy_into_raw() {\n",
        "    /**\n     * Cancels a waiting",
    ),
    (
        "if (Symbol.dispose) Client.prototype",
        "function __wbg_get_imports()",
    ),
    // For closures that the garbage collector frees. The driver keeps all of its own, and frees them itself.
    ("const CLOSURE_DTORS = ", "function getArrayU8FromWasm0"),
    // All texts go by the other way, and all calls are of the new form.
    (
        "    if (realloc === undefined) {\n",
        "    let len = arg.length;",
    ),
    (
        "    if (module !== undefined) {\n        if (Object.getPrototypeOf",
        "    const imports = __wbg_get_imports();\n    if (module[",
    ),
];

/// What goes from the declarations with it.
const UNDECLARED: [&str; 2] = ["    free(): void;\n", "    [Symbol.dispose](): void;\n"];

/// How the declarations have both forms of a call, and how the one that is left.
const MODULE_TYPE: (&str, &str) = (
    "initSync(module: { module: SyncInitInput } | SyncInitInput)",
    "initSync(module: { module: SyncInitInput })",
);

/// Texts and their replacements: the start of the last part above, variables that nobody reads, what is left of the closures above,
/// a shorter test for a memory that has grown, after which its buffer is another one, and a module that does not start, such as
/// another one: the next is not to be taken for started.
const REPLACED: [(&str, &str); 8] = [
    (
        "function initSync(module) {",
        "function initSync({ module }) {",
    ),
    ("            CLOSURE_DTORS.unregister(state);\n", ""),
    ("    CLOSURE_DTORS.register(real, state, state);\n", ""),
    ("let wasmModule, wasmInstance, wasm;", "let wasm;"),
    ("    wasmInstance = instance;\n", ""),
    ("    wasmModule = module;\n", ""),
    (
        "cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !==",
        "(cachedDataViewMemory0?.buffer !==",
    ),
    (
        "(module, imports);\n    return __wbg_finalize_init(instance, module);\n",
        "(module, imports);\n    try {\n        return __wbg_finalize_init(instance, module);\n    } catch (error) {\n        wasm = undefined;\n        throw error;\n    }\n",
    ),
];

/// What stands around a function that may throw, and what shall.
const CATCHING: [(&str, &str); 3] = [
    ("function() { return handleError(function (", "catching(("),
    ("        }, arguments); },", "        }),"),
    (
        "function handleError(f, args) {\n    try {\n        return f.apply(this, args);\n    }",
        "const catching = (f) => (...args) => {\n    try {\n        return f(...args);\n    }",
    ),
];

/// The script, made smaller.
pub fn made_small(script: &str) -> Result<String> {
    let mut text = script.to_owned();
    for (start, end) in LEFT_OUT {
        let range = text
            .find(start)
            .and_then(|from| Some((from, from + text.get(from..)?.find(end)?)));
        let Some((from, to)) = range else {
            bail!("wasm-bindgen's script has no `{start}`; see build/small_script.rs");
        };
        text.replace_range(from..to, "");
    }
    for (old, new) in REPLACED.into_iter().chain(CATCHING) {
        if !text.contains(old) {
            bail!("wasm-bindgen's script has no `{old}`; see build/small_script.rs");
        }
        text = text.replace(old, new);
    }
    Ok(text.lines().map(short).collect())
}

/// The declarations of the script that was made small: they declare what it has, so that a call of anything else is an error
/// where the package is type-checked.
pub fn declarations(types: &str, script: &str) -> Result<String> {
    let mut text = types.to_owned();
    let left_out = UNDECLARED.map(|line| (line, ""));
    for (old, new) in left_out.into_iter().chain([MODULE_TYPE]) {
        if !text.contains(old) {
            bail!("wasm-bindgen's declarations have no `{old}`; see build/small_script.rs");
        }
        text = text.replace(old, new);
    }
    let (declared, there) = (members(&text), members(script));
    if declared != there {
        let differ: Vec<_> = declared.symmetric_difference(&there).collect();
        bail!(
            "wasm-bindgen's script and its declarations differ in {differ:?}; see build/small_script.rs"
        );
    }
    Ok(text)
}

/// The names of the members of all classes, in a script or in declarations.
fn members(text: &str) -> BTreeSet<(&str, &str)> {
    let mut class = None;
    let mut members = BTreeSet::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("export class ") {
            class = rest.split([' ', '{']).next();
        } else if line.starts_with('}') {
            class = None;
        }
        let member = line
            .strip_prefix("    ")
            .filter(|rest| !rest.starts_with([' ', '/', '}']));
        if let (Some(class), Some(member)) = (class, member) {
            let head = member.split(['(', ':']).next().unwrap_or(member);
            let name = head.rsplit(' ').next().unwrap_or(head);
            members.insert((class, name));
        }
    }
    members
}

/// A line of the imports' functions with `=>`.
fn short(line: &str) -> String {
    let function = line
        .strip_prefix("        ")
        .filter(|rest| !rest.starts_with(' '))
        .and_then(|rest| rest.split_once(": function("))
        .and_then(|(name, rest)| Some((name, rest.strip_suffix(") {")?)));
    let caught = line.trim_start().contains(": catching((");
    match function {
        Some((name, arguments)) => format!("        {name}: ({arguments}) => {{\n"),
        None if caught => format!("{}\n", line.replace(") {", ") => {")),
        None => format!("{line}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_the_imports_become_short_ones() {
        assert_eq!(
            short("        Y: function(arg0, arg1) {"),
            "        Y: (arg0, arg1) => {\n"
        );
        assert_eq!(
            short("        x: catching((arg0) {"),
            "        x: catching((arg0) => {\n"
        );
        assert_eq!(short("    free() {"), "    free() {\n");
    }

    const SCRIPT: &str = "export class Client {\n    /** free() */\n    static of(a) {\n        run();\n    }\n    get state() {\n    }\n}\nfunction other() {\n    let a = 1;\n}\n";
    const TYPES: &str = "export class Client {\n    free(): void;\n    [Symbol.dispose](): void;\n    static of(a: number): Client;\n    readonly state: string;\n}\n\nexport function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;\n";

    #[test]
    fn what_the_script_lost_is_declared_no_more() -> Result<()> {
        assert_eq!(
            declarations(TYPES, SCRIPT)?,
            "export class Client {\n    static of(a: number): Client;\n    readonly state: string;\n}\n\nexport function initSync(module: { module: SyncInitInput }): InitOutput;\n"
        );
        Ok(())
    }

    #[test]
    fn declarations_of_anything_that_the_script_lacks_are_refused() {
        let more = TYPES.replace("    static", "    again(): void;\n    static");
        let less = TYPES.replace("    readonly state: string;\n", "");
        for (types, name) in [(more, "again"), (less, "state")] {
            let error = declarations(&types, SCRIPT).map_err(|error| error.to_string());
            assert!(error.is_err_and(|text| text.contains(name)), "{name}");
        }
        assert!(declarations("", SCRIPT).is_err());
    }

    #[test]
    fn a_script_of_another_form_is_refused() {
        assert!(made_small("function initSync(module) {}").is_err());
    }
}
