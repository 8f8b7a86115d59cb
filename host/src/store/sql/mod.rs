//! What both stores have in common when a plan becomes SQL. Values are always bound; of a field's
//! path only checked steps get into the text, quoted by the dialect.

mod condition;
mod dialect;
mod order;

pub use condition::condition;
pub use dialect::{Bind, Binds, Dialect, Json, Kind, Operand, alternatives};
pub use order::order_by;
