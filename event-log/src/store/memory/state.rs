//! All instances.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::ids::Ids;
use super::instance::Instance;
use crate::record::{Appended, InstancePage, InstanceRow, InstanceRows};
use crate::store::{Append, FinishImport, StoreFailure, Write, Written, is_stale_import};

/// Which instance: the one made first has the lowest.
type Key = u64;

/// All instances.
#[derive(Default)]
pub struct State {
    instances: BTreeMap<Key, Instance>,
    by_id: HashMap<Arc<str>, Key>,
    by_name: HashMap<String, Key>,
    next: Key,
    ids: Ids,
}

impl State {
    /// The instance with that id, or else that name.
    pub fn find(&self, reference: &str) -> Result<&Instance, StoreFailure> {
        self.key(reference)
            .and_then(|key| self.instances.get(&key))
            .ok_or_else(|| no_instance(reference))
    }

    /// All of them, in the order in which they were made.
    pub fn instances(&self) -> impl Iterator<Item = &Instance> {
        self.instances.values()
    }

    /// Instances, oldest first.
    pub fn list(&self, page: InstancePage) -> InstanceRows {
        let mut all: Vec<&Instance> = self.instances.values().collect();
        // Those of one moment stay in the order in which they were made.
        all.sort_by_key(|instance| instance.created_at);
        let mut list = InstanceRows::default();
        for instance in all
            .into_iter()
            .skip(usize::try_from(page.offset).unwrap_or(usize::MAX))
        {
            if list.add(instance.row(), page).is_break() {
                break;
            }
        }
        list
    }

    /// Does a write wholly or not at all.
    pub fn write(&mut self, write: &Write, now: i64) -> Result<Written, StoreFailure> {
        let row = match write {
            Write::Append(append) => return self.append(append, now).map(Written::Appended),
            Write::CreateInstance { name, description } => {
                let key = self.create(name, description.as_deref(), now)?;
                self.row(key, name)
            }
            Write::UpdateInstance {
                reference,
                name,
                description,
            } => self.update(reference, name.as_deref(), description.as_ref(), now),
            Write::DeleteInstance { reference } => self.delete(reference),
            Write::DeleteStaleImport { id, updated_at } => {
                let row = self.key(id).and_then(|key| self.instances.get(&key));
                if !row.is_some_and(|instance| is_stale_import(&instance.row(), *updated_at)) {
                    return Err(no_instance(id));
                }
                self.delete(id)
            }
            Write::FinishImport(import) => self.finish_import(import),
        };
        row.map(Written::Instance)
    }

    /// Adds an instance that was somewhere else before, with its id. It must have its events already.
    pub fn add(&mut self, instance: Instance) -> Result<(), StoreFailure> {
        self.name_is_free(&instance.name, None)?;
        if self.key(&instance.id).is_some() {
            return Err(StoreFailure::NameIsId(format!("{:?}", instance.id)));
        }
        let key = self.next;
        self.next += 1;
        self.by_id.insert(Arc::clone(&instance.id), key);
        self.by_name.insert(instance.name.clone(), key);
        self.instances.insert(key, instance);
        Ok(())
    }

    fn key(&self, reference: &str) -> Option<Key> {
        let by_id = self.by_id.get(reference);
        by_id.or_else(|| self.by_name.get(reference)).copied()
    }

    fn row(&self, key: Key, reference: &str) -> Result<InstanceRow, StoreFailure> {
        let instance = self.instances.get(&key);
        instance
            .map(Instance::row)
            .ok_or_else(|| no_instance(reference))
    }

    /// Refuses a name that another instance has, or that is another instance's id. So no reference is ambiguous.
    fn name_is_free(&self, name: &str, own: Option<Key>) -> Result<(), StoreFailure> {
        let is_of_another = |holder: Option<&Key>| holder.is_some_and(|key| Some(*key) != own);
        if is_of_another(self.by_id.get(name)) {
            return Err(StoreFailure::NameIsId(format!("{name:?}")));
        }
        if is_of_another(self.by_name.get(name)) {
            return Err(StoreFailure::NameExists(format!("{name:?}")));
        }
        Ok(())
    }

    fn create(
        &mut self,
        name: &str,
        description: Option<&str>,
        now: i64,
    ) -> Result<Key, StoreFailure> {
        let key = self.next;
        self.add(Instance::new(InstanceRow {
            id: self.ids.made_at(now),
            name: name.to_owned(),
            description: description.map(str::to_owned),
            created_at: now,
            updated_at: now,
            event_count: 0,
        }))?;
        Ok(key)
    }

    fn update(
        &mut self,
        reference: &str,
        name: Option<&str>,
        description: Option<&Option<String>>,
        now: i64,
    ) -> Result<InstanceRow, StoreFailure> {
        let key = self.key(reference);
        if let Some(name) = name
            && key.is_some()
        {
            self.name_is_free(name, key)?;
        }
        let (key, instance) = self.found_mut(key, reference)?;
        if let Some(description) = description {
            instance.description.clone_from(description);
        }
        // Later also when the clock was set back.
        instance.updated_at = now.max(instance.updated_at.saturating_add(1));
        self.rename(key, name.map(str::to_owned));
        self.row(key, reference)
    }

    fn finish_import(&mut self, import: &FinishImport) -> Result<InstanceRow, StoreFailure> {
        let key = self.key(&import.id);
        if key.is_some() {
            self.name_is_free(&import.name, key)?;
        }
        let (key, instance) = self.found_mut(key, &import.id)?;
        instance.description.clone_from(&import.description);
        instance.created_at = import.created_at;
        instance.updated_at = import.updated_at;
        self.rename(key, Some(import.name.clone()));
        self.row(key, &import.id)
    }

    fn delete(&mut self, reference: &str) -> Result<InstanceRow, StoreFailure> {
        let key = self.key(reference);
        let instance = key.and_then(|key| self.instances.remove(&key));
        let instance = instance.ok_or_else(|| no_instance(reference))?;
        self.by_id.remove(&instance.id);
        self.by_name.remove(&instance.name);
        Ok(instance.row())
    }

    fn append(&mut self, append: &Append, now: i64) -> Result<Appended, StoreFailure> {
        let reference = append.reference.as_str();
        let known = self.key(reference);
        let key = match known {
            None if append.create => Some(self.create(reference, None, now)?),
            known => known,
        };
        let instance = key.and_then(|key| self.instances.get_mut(&key));
        let instance = instance.ok_or_else(|| no_instance(reference))?;
        let instance_id = Arc::clone(&instance.id);
        match instance.append(&append.events, append.expected_version, now, &self.ids) {
            Ok(events) => Ok(Appended {
                instance_id,
                events,
            }),
            Err(failure) => {
                if known.is_none() {
                    self.delete(reference)?;
                }
                Err(failure)
            }
        }
    }

    fn found_mut(
        &mut self,
        key: Option<Key>,
        reference: &str,
    ) -> Result<(Key, &mut Instance), StoreFailure> {
        let found = key.and_then(|key| Some((key, self.instances.get_mut(&key)?)));
        found.ok_or_else(|| no_instance(reference))
    }

    fn rename(&mut self, key: Key, name: Option<String>) {
        if let Some(name) = name
            && let Some(instance) = self.instances.get_mut(&key)
        {
            self.by_name.remove(&instance.name);
            self.by_name.insert(name.clone(), key);
            instance.name = name;
        }
    }
}

fn no_instance(reference: &str) -> StoreFailure {
    StoreFailure::NoInstance(format!("{reference:?}"))
}
