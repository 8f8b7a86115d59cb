use super::*;

fn log() -> Result<Module, String> {
    Module::parse(
        "name = \"log\"\ntext = \"Logs.\"\n[method.\"line.write\"]\ntext = \"Writes.\"\nmessage = '{ type: \"w\", requestId }'\n",
        "log",
    )
}

fn names(aliases: &str) -> Result<Names, String> {
    let text = format!(
        "types = '''\n/** A line. */\nexport interface Line {{\n  text: string;\n}}\n'''\n[alias]\n{aliases}\n[enum.Level]\ntext = \"How bad.\"\n[enum.Level.members]\nlow = \"l\"\nHIGH = \"h\"\n"
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
    // The instance may get a module `state`.
    let on_instance: Vec<&str> = text.on_instance().collect();
    assert_eq!(on_instance, ["Level", "write", "lines"]);
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
