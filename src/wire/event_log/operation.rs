//! The nine operations and the `type` of their requests and replies.

/// `type` of a request that creates an instance.
pub const CREATE_INSTANCE: &str = "eventLog.createInstance";
/// `type` of a request for one instance.
pub const GET_INSTANCE: &str = "eventLog.getInstance";
/// `type` of a request for all instances.
pub const LIST_INSTANCES: &str = "eventLog.listInstances";
/// `type` of a request that changes an instance's name or description.
pub const UPDATE_INSTANCE: &str = "eventLog.updateInstance";
/// `type` of a request that deletes an instance and its events.
pub const DELETE_INSTANCE: &str = "eventLog.deleteInstance";
/// `type` of a request that appends one event.
pub const APPEND_EVENT: &str = "eventLog.appendEvent";
/// `type` of a request that appends several events, all or none.
pub const APPEND_EVENTS: &str = "eventLog.appendEvents";
/// `type` of a request that reads or aggregates events.
pub const QUERY_EVENTS: &str = "eventLog.queryEvents";
/// `type` of a request for an instance's event count.
pub const GET_INSTANCE_STATS: &str = "eventLog.getInstanceStats";

/// One of the nine things that can be asked of an event log.
///
/// A reply carries the same `type` as its request.
///
/// ```
/// use codebolt_wasm::wire::event_log::operation::{CREATE_INSTANCE, Operation};
///
/// assert_eq!(Operation::from_message_type(CREATE_INSTANCE), Some(Operation::CreateInstance));
/// assert_eq!(Operation::CreateInstance.message_type(), "eventLog.createInstance");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// [`CREATE_INSTANCE`]
    CreateInstance,
    /// [`GET_INSTANCE`]
    GetInstance,
    /// [`LIST_INSTANCES`]
    ListInstances,
    /// [`UPDATE_INSTANCE`]
    UpdateInstance,
    /// [`DELETE_INSTANCE`]
    DeleteInstance,
    /// [`APPEND_EVENT`]
    AppendEvent,
    /// [`APPEND_EVENTS`]
    AppendEvents,
    /// [`QUERY_EVENTS`]
    QueryEvents,
    /// [`GET_INSTANCE_STATS`]
    GetInstanceStats,
}

impl Operation {
    /// All nine, in the order of the protocol's table.
    pub const ALL: [Self; 9] = [
        Self::CreateInstance,
        Self::GetInstance,
        Self::ListInstances,
        Self::UpdateInstance,
        Self::DeleteInstance,
        Self::AppendEvent,
        Self::AppendEvents,
        Self::QueryEvents,
        Self::GetInstanceStats,
    ];

    /// The `type` on the wire.
    #[must_use]
    pub const fn message_type(self) -> &'static str {
        match self {
            Self::CreateInstance => CREATE_INSTANCE,
            Self::GetInstance => GET_INSTANCE,
            Self::ListInstances => LIST_INSTANCES,
            Self::UpdateInstance => UPDATE_INSTANCE,
            Self::DeleteInstance => DELETE_INSTANCE,
            Self::AppendEvent => APPEND_EVENT,
            Self::AppendEvents => APPEND_EVENTS,
            Self::QueryEvents => QUERY_EVENTS,
            Self::GetInstanceStats => GET_INSTANCE_STATS,
        }
    }

    /// The operation that a `type` names, if it is one of the nine.
    #[must_use]
    pub fn from_message_type(message_type: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.message_type() == message_type)
    }
}

#[cfg(test)]
mod tests {
    use super::Operation;

    #[test]
    fn every_operation_is_found_by_its_own_type_and_no_other_text_is_one() {
        for operation in Operation::ALL {
            assert_eq!(
                Operation::from_message_type(operation.message_type()),
                Some(operation)
            );
        }
        for stranger in ["", "eventLog", "eventLog.", "eventlog.createinstance"] {
            assert_eq!(Operation::from_message_type(stranger), None);
        }
    }
}
