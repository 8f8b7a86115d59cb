use super::*;

fn declared(method: &str) -> Result<String, String> {
    let text = format!(
        "name = \"log\"\ntext = \"Logs.\"\n[method.write]\ntext = \"Writes a line.\"\nmessage = '{{ type: \"w\", requestId }}'\n{method}"
    );
    let log = Module::parse(&text, "log")?;
    Ok(module(&log, &Home::new()))
}

#[test]
fn a_method_says_its_text_and_those_of_its_parameters_and_nothing_that_is_alike_for_all()
-> Result<(), String> {
    let text = declared(
        "params.\"line: string\" = \"What to write.\"\nparams.\"on: boolean = true\" = \"Whether at all.\"",
    )?;
    let expected = "\
export interface LogMethods {
\t/** Writes a line.
\t * @param line What to write.
\t * @param on Whether at all. Default: `true`. */
\twrite(this: void, line: string, on?: boolean, callOptions?: CallOptions): Promise<Unchecked>;
}
";
    assert!(text.contains(expected), "{text}");
    Ok(())
}

#[test]
fn a_method_without_a_time_limit_says_so() -> Result<(), String> {
    let text = declared("unlimited = true")?;
    let comment = "\t/** Writes a line. No time limit unless `timeout` sets one. */\n";
    assert!(text.contains(comment), "{text}");
    Ok(())
}

#[test]
fn an_example_is_kept_with_its_indentation() -> Result<(), String> {
    let text = declared("example = '''\nlog({\n  a: 1,\n});\n'''")?;
    let comment = "\t/** Writes a line.\n\t * @example\n\t * ```ts\n\t * log({\n\t *   a: 1,\n\t * });\n\t * ``` */\n";
    assert!(text.contains(comment), "{text}");
    Ok(())
}

#[test]
fn a_parameter_whose_name_says_its_text_has_none_here() -> Result<(), String> {
    let text = declared(
        "params.\"lineId: string\" = \"Id of the line.\"\nparams.\"at: string\" = \"Id of the line.\"",
    )?;
    let comment = "\t/** Writes a line.\n\t * @param at Id of the line. */\n";
    assert!(text.contains(comment), "{text}");
    Ok(())
}

#[test]
fn what_nobody_could_try_says_so() -> Result<(), String> {
    let text = declared("unverified = \"a page\"")?;
    assert!(text.contains("\t/** Writes a line. Unverified: "), "{text}");
    Ok(())
}

#[test]
fn an_overload_stands_before_its_method_and_has_its_text() -> Result<(), String> {
    let text = declared(
        "params.\"line: Line\" = \"What to write.\"\n[[method.write.overload]]\ntext = \"For long ones.\"\ngeneric = \"T extends Long\"\nparams.line = \"T\"\nreturns = \"Length<T>\"",
    )?;
    let expected = "\
\t/** For long ones.
\t * @param line What to write. */
\twrite<T extends Long>(this: void, line: T, callOptions?: CallOptions): Promise<Length<T>>;
\t/** Writes a line.
\t * @param line What to write. */
\twrite(this: void, line: Line, callOptions?: CallOptions): Promise<Unchecked>;
";
    assert!(text.contains(expected), "{text}");
    Ok(())
}
