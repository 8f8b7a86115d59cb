//! What every store promises.

mod appends;
mod instances;
mod order_of_writes;
mod requests;
