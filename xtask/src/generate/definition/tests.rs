use super::*;

const EMPTY: &str = r#"message = '{ type: "w", requestId }'"#;

fn parse(method: &str) -> Result<Module, String> {
    let text = format!("name = \"log\"\ntext = \"Logs.\"\n[method.write]\ntext = \"\"\n{method}");
    Module::parse(&text, "log")
}

fn refusal(method: &str) -> String {
    parse(method).err().unwrap_or_default()
}

#[test]
fn a_parameter_is_read_with_its_type_its_default_and_whether_it_is_needed() {
    let parameter = |signature| {
        Parameter::parse(signature, "Text.")
            .map(|p| (p.name, p.optional, p.of, p.default.unwrap_or_default()))
    };
    let read = |name: &str, optional, of: &str, default: &str| {
        Ok((name.into(), optional, of.into(), default.into()))
    };
    assert_eq!(parameter("name: string"), read("name", false, "string", ""));
    assert_eq!(
        parameter("name?: () => void"),
        read("name", true, "() => void", "")
    );
    assert_eq!(
        parameter("on: boolean = false"),
        read("on", true, "boolean", "false")
    );
    assert!(parameter("name").is_err());
    assert!(parameter("session: string").is_err());
}

#[test]
fn a_method_that_makes_no_sense_is_refused_with_the_reason() {
    assert!(refusal("").contains("`message`"));
    assert!(refusal(&format!("{EMPTY}\ncustom = true")).contains("`custom`"));
    assert!(
        refusal(r#"message = '{ type: "w", name, requestId }'"#)
            .contains("`name` is not one of its parameters")
    );
    assert!(
        refusal(&format!("{EMPTY}\ncheck.\"a.b\" = \"string\""))
            .contains("`a` is not one of its parameters")
    );
    let guarded = format!("{EMPTY}\nparams.\"a: 1\" = \"\"\nguard = [[\"truthy\", \"a\"]]");
    assert!(refusal(&guarded).contains("notify"));
    assert!(refusal(&format!("{EMPTY}\nmode = \"value\"")).contains("`custom`"));
    assert!(
        refusal(&format!("{EMPTY}\nmode = \"send\"\nin_module = true")).contains("`in_module`")
    );
    assert!(refusal(r#"message = '{ type: "w", a: a(a), requestId }'"#).contains("`a`"));
    assert!(refusal("wrong = 1").contains("unknown field"));
}

#[test]
fn a_file_has_the_name_of_its_module() {
    let error = Module::parse("name = \"eventLog\"\ntext = \"\"", "log").err();
    assert!(error.unwrap_or_default().contains("event-log.toml"));
}

#[test]
fn what_lacks_a_text_is_named() {
    let method = format!("params.\"line: string\" = \" \"\n{EMPTY}");
    let types = "[types]\ntypescript = '''\nexport type Line = string;\n'''";
    let missing = parse(&format!("{method}\n{types}")).map(|module| module.undocumented());
    assert_eq!(
        missing.unwrap_or_default(),
        ["log.write", "log.write(line)", "log: Line"]
    );
}

#[test]
fn an_optional_parameter_before_a_needed_one_can_be_undefined() {
    let module = parse(&format!(
        "params.\"a?: string\" = \"\"\nparams.\"b: number\" = \"\"\n{EMPTY}"
    ));
    let typed = module
        .ok()
        .and_then(|module| module.methods.first().map(Method::typed_parameters));
    assert_eq!(
        typed.as_deref(),
        Some("a: string | undefined, b: number, callOptions?: CallOptions")
    );
}
