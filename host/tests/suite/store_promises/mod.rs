//! What every store promises.

mod appends;
mod for_the_host;
mod instances;
mod order_of_writes;
mod requests;
