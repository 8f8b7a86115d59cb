//! Creating, finding, listing, changing and deleting instances.

use super::bounds::Bounds;
use super::envelope::Reply;
use super::failure::Failure;
use super::params::Params;
use super::validation::check_own_name;
use crate::query::push_text;
use crate::store::{Caller, InstancePage, InstanceRow, Store, Write};
use crate::time::iso_8601;

/// The write that `createInstance` asks for.
pub fn create(params: &Params<'_>, bounds: &Bounds) -> Result<Write, Failure> {
    Ok(Write::CreateInstance {
        name: name(params, bounds)?,
        description: params.text("description", bounds.description_bytes)?,
    })
}

/// The write that `updateInstance` asks for. A `description` of `null` takes it away.
pub fn update(params: &Params<'_>, bounds: &Bounds) -> Result<Write, Failure> {
    let name = match params.get("name") {
        Some(_) => Some(name(params, bounds)?),
        None => None,
    };
    let description = match params.get_or_null("description") {
        Some(_) => Some(params.text("description", bounds.description_bytes)?),
        None => None,
    };
    Ok(Write::UpdateInstance {
        reference: reference(params, bounds)?,
        name,
        description,
    })
}

/// The write that `deleteInstance` asks for.
pub fn delete(params: &Params<'_>, bounds: &Bounds) -> Result<Write, Failure> {
    Ok(Write::DeleteInstance {
        reference: reference(params, bounds)?,
    })
}

/// The name that an instance is to have.
fn name(params: &Params<'_>, bounds: &Bounds) -> Result<String, Failure> {
    let name = params.required_text("name", bounds.name_bytes)?;
    check_own_name(&|| "params.name".to_owned(), &name).map_err(Failure::request)?;
    Ok(name)
}

/// An instance's id or name.
pub fn reference(params: &Params<'_>, bounds: &Bounds) -> Result<String, Failure> {
    params.required_text("instanceId", bounds.name_bytes)
}

/// Answers `getInstance`.
pub async fn get(store: &dyn Store, caller: Caller, reference: &str) -> Result<Reply, Failure> {
    let row = store.instance(caller, reference).await?;
    let message = if row.id == reference {
        "the instance was found by its id"
    } else {
        "the instance was found by its name"
    };
    Ok(one(&row, message))
}

/// Answers `getInstanceStats`.
pub async fn stats(store: &dyn Store, caller: Caller, reference: &str) -> Result<Reply, Failure> {
    let row = store.instance(caller, reference).await?;
    let mut data = String::from("{\"instanceId\":");
    push_text(&mut data, &row.id);
    data.push_str(",\"name\":");
    push_text(&mut data, &row.name);
    data.push_str(&format!(
        ",\"eventCount\":{},\"createdAt\":\"{}\",\"updatedAt\":\"{}\"}}",
        row.event_count,
        iso_8601(row.created_at),
        iso_8601(row.updated_at)
    ));
    Ok(Reply::new(data, "the events were counted"))
}

/// Which instances `listInstances` asks for.
pub fn page(params: &Params<'_>, bounds: &Bounds) -> Result<InstancePage, Failure> {
    Ok(InstancePage {
        offset: params.whole("offset")?.unwrap_or(0),
        limit: params.whole("limit")?.unwrap_or(InstancePage::ALL.limit),
        most_bytes: bounds.reply_bytes,
    })
}

/// Answers `listInstances`.
pub async fn list(store: &dyn Store, caller: Caller, page: InstancePage) -> Result<Reply, Failure> {
    let list = store.instances(caller, page).await?;
    let mut data = String::from("{\"instances\":[");
    for (index, row) in list.rows.iter().enumerate() {
        if index > 0 {
            data.push(',');
        }
        push_instance(&mut data, row);
    }
    data.push_str(if list.has_more {
        "],\"more\":true}"
    } else {
        "]}"
    });
    let message = match (list.has_more, page.offset) {
        (true, _) => "there are more instances; ask for the next ones with offset",
        (false, 0) => "these are all instances",
        (false, _) => "these are the last instances",
    };
    Ok(Reply::new(data, message))
}

/// The reply that holds one instance.
pub fn one(row: &InstanceRow, message: &'static str) -> Reply {
    let mut data = String::from("{\"instance\":");
    push_instance(&mut data, row);
    data.push('}');
    Reply::new(data, message)
}

fn push_instance(json: &mut String, row: &InstanceRow) {
    json.push_str("{\"id\":");
    push_text(json, &row.id);
    json.push_str(",\"name\":");
    push_text(json, &row.name);
    if let Some(description) = &row.description {
        json.push_str(",\"description\":");
        push_text(json, description);
    }
    json.push_str(&format!(
        ",\"createdAt\":\"{}\",\"updatedAt\":\"{}\"}}",
        iso_8601(row.created_at),
        iso_8601(row.updated_at)
    ));
}
