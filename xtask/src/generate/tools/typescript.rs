//! The TypeScript types of the tools' parameters.

use std::fmt::Write as _;

use super::super::declaration::pascal;
use super::family::Family;
use super::parameters;
use super::tool::Tool;

/// What is added to `tools.d.ts`.
pub fn types(families: &[Family]) -> String {
    let mut text = String::new();
    let mut names = String::new();
    for tool in families.iter().flat_map(|family| &family.tools) {
        let name = interface(tool);
        let _ = write!(
            text,
            "\n/** The parameters of the tool `{}`. */\nexport interface {name} {{\n{}}}\n",
            tool.name,
            parameters::typescript(&tool.parameters, "  ")
        );
        let _ = writeln!(names, "  {}: {name};", tool.name);
    }
    let mut categories: Vec<&str> = families
        .iter()
        .map(|family| family.category.as_str())
        .collect();
    categories.dedup();
    let categories: Vec<String> = categories
        .iter()
        .map(|category| format!("'{category}'"))
        .collect();
    let categories = if categories.is_empty() {
        "never".to_owned()
    } else {
        categories.join(" | ")
    };
    let _ = write!(
        text,
        "\n/** The parameters of each tool, by its name. */\nexport interface ToolParametersByName {{\n{names}}}\n\n\
         /** What the tools are sorted by. */\nexport type ToolCategory = {categories};\n"
    );
    text
}

/// `ReadManyFilesToolParams` of `read_many_files`, `ActionBlockListToolParams` of `actionBlock_list`.
pub fn interface(tool: &Tool) -> String {
    let words: String = tool.name.split('_').map(pascal).collect();
    format!("{words}ToolParams")
}
