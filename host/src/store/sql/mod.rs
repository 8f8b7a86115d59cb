//! What both stores have in common when a plan becomes SQL. Values are always bound; of a field's
//! path only checked steps get into the text, quoted by the dialect.

mod condition;
mod dialect;
mod order;
mod reduce;

pub use condition::condition;
pub use dialect::{Bind, Binds, Dialect, Json, Kind, alternatives};
pub use order::order_by;
pub use reduce::{Computed, cell_of, group_columns, number_of, reduction, scalar_of};
