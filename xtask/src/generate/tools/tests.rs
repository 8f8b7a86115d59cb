use super::super::definition::Module;
use super::family::Family;

const SDK: &str = r#"
name = "thread"
text = "Threads."
[method.get]
text = "Gets one."
params."id: string" = "Id."
params."options?: object" = "Options."
message = '{ type: "get", id, requestId }'
[method.tell]
text = "Tells."
mode = "send"
message = '{ type: "tell", requestId }'
"#;

fn family(tool: &str) -> Result<Family, String> {
    let modules = [Module::parse(SDK, "thread")?];
    let text = format!(
        "order = 1\ncategory = \"thread\"\ntext = \"Threads.\"\n[tool.thread_get]\ntitle = \"Get\"\nkind = \"read\"\ntext = \"Gets one.\"\n{tool}"
    );
    Family::parse(&text, "thread", &modules)
}

fn refused(tool: &str) -> String {
    family(tool).err().unwrap_or_default()
}

#[test]
fn a_tool_becomes_a_row_with_its_schema_its_call_and_its_texts() -> Result<(), String> {
    let tool = family(
        r#"
params."id: string" = "Id."
params.'kind?: "a" | "b"' = "Kind."
params."tags?: string[]" = "Tags."
params."task?: object" = "Task."
params."task.name: string" = "Name."
rules = [["filled", "id"]]
call = "thread.get(id)"
done = ["Got `{id}`", { if = "reply.thread", text = ":\n{json(reply.thread)}", else = "." }, { each = "reply.list", text = "{item.a}", between = ", " }]
shown = "{json(reply.data)}"
failed = "No: {error}"
"#,
    )?;
    let table = super::javascript::table(&[tool]);
    for expected in [
        r#"properties: {"id":{"description":"Id.","type":"string"},"kind":{"description":"Kind.","type":"string","enum":["a","b"]},"tags":{"description":"Tags.","type":"array","items":{"type":"string"}},"task":{"description":"Task.","type":"object","required":["name"],"properties":{"name":{"description":"Name.","type":"string"}}}},"#,
        r#"required: ["id"],"#,
        "call: (sdk, p, o) => sdk.thread.get(p.id, undefined, o),",
        r"done: (p, r) => `Got \`${p.id}\`${r.thread ? `:\n${json(r.thread)}` : `.`}${each(r.list, (i) => i.a, `, `)}`,",
        "shown: (p, r) => json(r.data),",
        "failed: (p, r, e) => `No: ${e}`,",
        "import { each, json } from './words.js';",
    ] {
        assert!(table.contains(expected), "{expected}\n{table}");
    }
    Ok(())
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    for (tool, reason) in [
        (
            "call = \"thread.get()\"\ndone = \"\"\ndonne = \"\"",
            "tool.thread_get: a tool has no `donne`",
        ),
        (
            "call = \"thread.got()\"\ndone = \"\"",
            "the SDK has no `thread.got`",
        ),
        ("call = \"thread.tell()\"\ndone = \"\"", "gives no reply"),
        (
            "call = \"thread.get(id)\"\ndone = \"\"",
            "`id` is not one of its parameters",
        ),
        (
            "call = \"thread.get(1, 2, 3)\"\ndone = \"\"",
            "takes 2 values",
        ),
        (
            "call = \"thread.get()\"\ndone = \"{id}\"",
            "`id` is not one of its parameters",
        ),
        ("call = \"thread.get()\"\ndone = \"{reply\"", "never closed"),
        ("call = \"thread.get()\"", "say what comes back"),
        (
            "rules = [[\"filled\", \"id\"]]\ndone = \"\"",
            "`id` is not one of its parameters",
        ),
        (
            "params.\"id: text\" = \"Id.\"\ndone = \"\"",
            "`text` is not a type",
        ),
    ] {
        let found = refused(tool);
        assert!(found.contains(reason), "{tool}: {found}");
    }
}

#[test]
fn parameters_without_a_text_are_named() -> Result<(), String> {
    let found = family(
        "params.\"task: object\" = \"Task.\"\nparams.\"task.name?: string\" = \"\"\ndone = \"\"",
    )?;
    assert_eq!(found.undocumented(), ["thread_get(task.name)"]);
    Ok(())
}
