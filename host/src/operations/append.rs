//! Appending one event or several.

use super::bounds::Bounds;
use super::envelope::Reply;
use super::failure::Failure;
use super::params::Params;
use crate::store::{Write, Written};

pub fn one(_params: &Params<'_>, _bounds: &Bounds) -> Result<Write, Failure> {
    Err(Failure::request("not yet".into()))
}
pub fn many(_params: &Params<'_>, _bounds: &Bounds) -> Result<Write, Failure> {
    Err(Failure::request("not yet".into()))
}
pub fn reply_one(_written: &Written) -> Result<Reply, Failure> {
    Err(Failure::request("not yet".into()))
}
pub fn reply_many(_written: &Written) -> Result<Reply, Failure> {
    Err(Failure::request("not yet".into()))
}
