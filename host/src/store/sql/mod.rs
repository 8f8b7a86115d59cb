//! Plans as SQL, for both databases. Values are always bound. Of a field's path only checked steps get into
//! the text, quoted by the dialect.

mod collect;
mod columns;
mod condition;
mod dialect;
mod order;

pub use collect::collected_events;
pub use columns::{Columns, event_of, instance_of};
pub use condition::condition;
pub use dialect::{Bind, Binds, Dialect, Json, Kind, Operand, alternatives};
pub use order::order_by;
