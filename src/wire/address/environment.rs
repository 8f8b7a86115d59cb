//! The environment variables of a connection: where the host is, and which parameters go into the query.

/// The environment variable with the host's name; `localhost` when it is not set.
pub const HOST_VARIABLE: &str = "CODEBOLT_SERVER_URL";
/// The environment variable with the port; 12345 when it is not set.
pub const PORT_VARIABLE: &str = "SOCKET_PORT";
/// The port of a host by default.
pub const DEFAULT_PORT: u16 = 12345;

/// Sent first, in this order, each only when it is not empty.
pub(super) const AGENT_PARAMETERS: [&str; 5] = [
    "agentId",
    "parentId",
    "parentAgentInstanceId",
    "agentTask",
    "threadToken",
];

/// Sent after the agent's own, in this order, each only when it is not empty.
pub(super) const ENVIRONMENT_PARAMETERS: [&str; 14] = [
    "threadId",
    "connectionId",
    "clientType",
    "appId",
    "currentProject",
    "projectName",
    "projectType",
    "IS_SIDE_EXECUTION",
    "SIDE_EXECUTION_ID",
    "THREAD_ID",
    "PARENT_AGENT_ID",
    "PARENT_AGENT_INSTANCE_ID",
    "ACTION_BLOCK_ID",
    "ACTION_BLOCK_PATH",
];

/// Every environment variable that this client ever reads.
pub fn environment_variables() -> impl Iterator<Item = &'static str> {
    [
        HOST_VARIABLE,
        PORT_VARIABLE,
        "Is_Dev",
        "IS_PLUGIN",
        "pluginId",
        "pluginToken",
    ]
    .into_iter()
    .chain(AGENT_PARAMETERS)
    .chain(ENVIRONMENT_PARAMETERS)
}
