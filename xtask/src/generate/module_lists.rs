//! The JavaScript files that list all modules.

use std::fmt::Write as _;

use super::definition::Module;

/// The module that is always loaded.
pub const CORE_MODULE: &str = "eventLog";

/// The text of `modules/index.js`: all modules by name.
pub fn index(modules: &[Module]) -> String {
    let mut text = "// Generated from definitions/ by `cargo xtask build`.\n".to_owned();
    for module in modules {
        let _ = writeln!(
            text,
            "import {{ {}Methods }} from './{}.js';",
            module.name, module.file
        );
    }
    text.push_str("\n/** Every module's methods for a session, by the module's name. */\nexport const modules = {\n");
    for module in modules {
        let _ = writeln!(text, "  {name}: {name}Methods,", name = module.name);
    }
    text.push_str("};\n");
    text
}

/// The text of `all-modules.js`: what the package has in one file, and Node loads on demand. The event log is part of the core.
pub fn all(modules: &[Module]) -> String {
    let mut text = "// Generated from definitions/ by `cargo xtask build`.\n".to_owned();
    for module in modules.iter().filter(|module| module.name != CORE_MODULE) {
        let _ = writeln!(
            text,
            "export {{ {}Methods }} from './modules/{}.js';",
            module.name, module.file
        );
    }
    text.push_str("export { modules } from './modules/index.js';\n");
    text
}

/// The text of `on-demand.js`: all modules by name for Node, where loading them would take longer than anything else at
/// start. Bundlers see the call of `require`, of which the build makes a file of its own.
pub fn on_demand(modules: &[Module]) -> String {
    let mut text = "// Generated from definitions/ by `cargo xtask build`.\n\
        import { eventLogMethods } from './modules/event-log.js';\n\n\
        export { onDemand } from './modules/custom/on-demand.js';\n\n\
        /** @type {typeof import('./modules/index.js').modules | undefined} */\n\
        let loaded;\n\
        const all = () => (loaded ??= require('./all-modules.js').modules);\n\n\
        /**\n \
        * Every module's methods for a session, by the module's name. The first use of one loads them all.\n \
        * @type {typeof import('./modules/index.js').modules}\n \
        */\n\
        export const modules = {\n"
        .to_owned();
    for Module { name, .. } in modules {
        let _ = if name == CORE_MODULE {
            writeln!(text, "  {name}: {name}Methods,")
        } else {
            writeln!(text, "  {name}: (session) => all().{name}(session),")
        };
    }
    text.push_str("};\n");
    text
}
