//! Querying events.

use std::sync::Arc;

use super::bounds::Bounds;
use super::envelope::Reply;
use super::failure::Failure;
use super::params::Params;
use crate::query::Plan;
use crate::store::Store;

pub fn plan(_params: &Params<'_>, _bounds: &Bounds) -> Result<Arc<Plan>, Failure> {
    Err(Failure::request("not yet".into()))
}
pub async fn answer(_store: &dyn Store, _plan: Arc<Plan>) -> Result<Reply, Failure> {
    Err(Failure::request("not yet".into()))
}
