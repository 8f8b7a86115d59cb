use super::*;

fn log() -> Result<Module, String> {
    Module::parse(
        "name = \"log\"\ntext = \"Logs.\"\n[method.\"line.write\"]\ntext = \"Writes.\"\nmessage = '{ type: \"w\", requestId }'\n[types]\ntypescript = '''\n/** One. */\nexport interface Entry {\n  id: string;\n}\n'''\n",
        "log",
    )
}

fn names(aliases: &str) -> Result<Names, String> {
    names_with("", aliases)
}

fn names_with(module_types: &str, aliases: &str) -> Result<Names, String> {
    let text = format!(
        "module_types = [{module_types}]\ntypes = '''\n/** A line. */\nexport interface Line {{\n  text: string;\n}}\n'''\n[alias]\n{aliases}\n[enum.Level]\ntext = \"How bad.\"\n[enum.Level.members]\nlow = \"l\"\nHIGH = \"h\"\n"
    );
    Names::parse(&text, &[log()?])
}

#[test]
fn an_enumeration_is_declared_and_is_a_value() -> Result<(), String> {
    let names = names("")?;
    assert_eq!(
        names.values(),
        "/** How bad. */\nexport declare enum Level { low = 'l', HIGH = 'h' }\n"
    );
    assert!(
        names
            .enumerations()
            .ends_with("\nexport const Level = { low: 'l', HIGH: 'h' };\n")
    );
    assert_eq!(names.javascript(), "export { Level };\n");
    Ok(())
}

#[test]
fn a_method_a_group_and_a_module_can_have_another_name() -> Result<(), String> {
    let text = names("write = \"log.line.write\"\nlines = \"log.line\"\nstate = \"log\"")?;
    assert!(text.javascript().ends_with(
        "/** @type {typeof log.line.write} */\n\
         export const write = (...values) => log.line.write(...values);\n\
         export const lines = /* @__PURE__ */ onDemand(() => log.line, session);\n\
         export const state = log;\n"
    ));
    assert!(
        text.values()
            .contains("export declare const write: CodeboltModules['log']['line']['write'];")
    );
    Ok(())
}

#[test]
fn a_name_for_nothing_is_refused() {
    for path in ["nothing", "log.nothing", "log.line.nothing"] {
        let error = names(&format!("write = \"{path}\"")).err();
        assert!(
            error.is_some_and(|error| error.starts_with("alias.write: there is no")),
            "{path}"
        );
    }
}

#[test]
fn a_type_of_a_module_is_handed_on_and_one_of_none_refused() -> Result<(), String> {
    let names = names_with("\"Entry\"", "")?;
    let text = names.declarations(&Home::from([("Entry", "log")]));
    assert!(
        text.contains("export type { Entry } from './log.js';"),
        "{text}"
    );
    assert!(!text.contains("import type { Entry }"), "{text}");
    let reason = names_with("\"Missing\"", "").map(|_| ());
    assert_eq!(
        reason,
        Err("module_types: no module has a type `Missing`".to_owned())
    );
    Ok(())
}
