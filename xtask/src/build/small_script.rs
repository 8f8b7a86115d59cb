//! Makes wasm-bindgen's script smaller: removes what only other callers than the package need, and functions
//! that need no `this` become short ones. It is a fifth of the JavaScript that an agent downloads.

use anyhow::{Result, bail};

/// The parts to remove, each from a text up to another one, which stays.
const LEFT_OUT: [(&str, &str); 4] = [
    // The package lets the garbage collector free clients.
    (
        "    __destroy_into_raw() {\n",
        "    /**\n     * Cancels a waiting",
    ),
    (
        "if (Symbol.dispose) Client.prototype",
        "function __wbg_get_imports()",
    ),
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

/// The replacement of the last of them.
const MODULE: (&str, &str) = (
    "function initSync(module) {",
    "function initSync({ module }) {",
);

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
    for (old, new) in [MODULE].into_iter().chain(CATCHING) {
        if !text.contains(old) {
            bail!("wasm-bindgen's script has no `{old}`; see build/small_script.rs");
        }
        text = text.replace(old, new);
    }
    Ok(text.lines().map(short).collect())
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

    #[test]
    fn a_script_of_another_form_is_refused() {
        assert!(made_small("function initSync(module) {}").is_err());
    }
}
