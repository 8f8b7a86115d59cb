//! The suite of the event log in memory.

use super::test_host::TestHost;
use super::{Run, javascript};
use crate::build;
use crate::command;
use anyhow::Result;

/// The module's tests in Node and Chromium, beside a fresh host that answers the same requests.
pub fn test(run: &Run<'_>) -> Result<()> {
    let module = build::event_log_module(run.context)?;
    let mut node = javascript::node(run, &run.context.root.join("tests/event-log-in-memory"))?;
    node.env("CODEBOLT_EVENT_LOG_MODULE", module);
    let host = TestHost::start(run.context)?;
    host.tell(run.context, &mut node);
    host.finish(command::run(&mut node))
}
