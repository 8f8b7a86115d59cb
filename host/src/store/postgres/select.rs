//! Runs a plan in PostgreSQL.

use std::ops::ControlFlow;

use codebolt_wasm::wire::event_log::Reduction;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Row};

use super::dialect::PostgresDialect;
use super::reduce::{Computed, cell_of, group_columns, reduction, scalar_of};
use super::rows;
use crate::query::{
    Aggregation, Answer, Cell, Collected, Column, Condition, Field, Group, Number, Plan, Reduce,
    Rendered, Scalar, Test,
};
use crate::store::sql::{Bind, Binds, collected_events, condition, order_by};
use crate::store::{InstanceRow, StoreFailure};

/// Runs a plan in a transaction that sees one snapshot.
pub async fn query(connection: &mut PgConnection, plan: &Plan) -> Result<Answer, StoreFailure> {
    let instance = rows::find(connection, &plan.instance).await?;
    Ok(match &plan.reduce {
        None => {
            let total = total(connection, &instance, plan).await?;
            let (events, is_cut) = events(connection, &instance, plan).await?;
            Answer {
                total,
                events,
                is_cut,
                aggregation: None,
                unindexed: None,
            }
        }
        Some(reduce) => Answer {
            total: total(connection, &instance, plan).await?,
            events: Vec::new(),
            is_cut: false,
            aggregation: Some(aggregate(connection, &instance, plan, reduce).await?),
            unindexed: None,
        },
    })
}

struct Scope {
    condition: String,
    binds: Binds,
}

fn scope(instance: &InstanceRow, plan: &Plan, further: Option<&Condition>) -> Scope {
    let mut binds = Binds::default();
    let id = binds.text(&PostgresDialect, &instance.id);
    let mut parts = vec![format!("e.instance_id = {id}")];
    for part in plan.conditions.iter().chain(further) {
        parts.push(condition(&PostgresDialect, &mut binds, part));
    }
    Scope {
        condition: parts.join(" AND "),
        binds,
    }
}

fn bound<'q>(sql: String, binds: &Binds) -> Query<'q, Postgres, PgArguments> {
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for bind in &binds.0 {
        query = match bind {
            Bind::Number(Number::Whole(whole)) => query.bind(*whole),
            Bind::Number(number @ Number::Double(_)) => query.bind(number.to_decimal()),
            Bind::Text(text) => query.bind(text.clone()),
            Bind::Texts(texts) => query.bind(texts.clone()),
            Bind::Wholes(wholes) => query.bind(wholes.clone()),
            Bind::Numbers(numbers) => {
                let decimals: Vec<String> =
                    numbers.iter().map(|number| number.to_decimal()).collect();
                query.bind(decimals)
            }
        };
    }
    query
}

/// The expression of append order: within one stream an index has the events by sequence number.
fn append_order(plan: &Plan) -> &'static str {
    let by_stream = plan.conditions.iter().any(|condition| {
        condition.field == Field::Column(Column::Stream)
            && matches!(condition.test, Test::Equal(Scalar::Text(_)))
    });
    if by_stream {
        "e.sequence_number"
    } else {
        "e.position"
    }
}

async fn events(
    connection: &mut PgConnection,
    instance: &InstanceRow,
    plan: &Plan,
) -> Result<(Vec<String>, bool), StoreFailure> {
    let mut rendered = Rendered::new(plan, &instance.id);
    let scope = scope(instance, plan, None);
    let order = order_by(&PostgresDialect, plan.order.as_ref(), append_order(plan));
    let sql = format!(
        "SELECT {} FROM event_log_event e WHERE {} ORDER BY {order} LIMIT {} OFFSET {}",
        rows::EVENT,
        scope.condition,
        plan.event_limit(),
        plan.offset
    );
    for_each(connection, sql, &scope.binds, |row| {
        Ok(rendered.add(&rows::event(row)?))
    })
    .await?;
    Ok(rendered.finish())
}

/// Runs a statement and passes its rows one by one to a closure, until the closure breaks. The server may still be
/// sending rows then.
async fn for_each(
    connection: &mut PgConnection,
    sql: String,
    binds: &Binds,
    mut each: impl FnMut(&PgRow) -> Result<ControlFlow<()>, StoreFailure>,
) -> Result<(), StoreFailure> {
    use futures_util::TryStreamExt;
    let mut rows = bound(sql, binds).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        if each(&row)?.is_break() {
            break;
        }
    }
    Ok(())
}

async fn total(
    connection: &mut PgConnection,
    instance: &InstanceRow,
    plan: &Plan,
) -> Result<u64, StoreFailure> {
    let counted: i64 = if plan.conditions.is_empty() {
        instance.event_count
    } else {
        let scope = scope(instance, plan, None);
        let sql = format!(
            "SELECT count(*) FROM event_log_event e WHERE {}",
            scope.condition
        );
        bound(sql, &scope.binds)
            .fetch_one(connection)
            .await?
            .try_get(0)?
    };
    Ok(u64::try_from(counted).unwrap_or(0))
}

async fn aggregate(
    connection: &mut PgConnection,
    instance: &InstanceRow,
    plan: &Plan,
    reduce: &Reduce,
) -> Result<Aggregation, StoreFailure> {
    if reduce.reduction == Reduction::Collect {
        return collect(connection, instance, plan, reduce).await;
    }
    let scope = scope(instance, plan, None);
    let computed = reduction(&PostgresDialect, reduce);
    let keys: Vec<_> = reduce
        .group_by
        .iter()
        .map(|(_, field)| group_columns(&PostgresDialect, field))
        .collect();
    // All columns are read as text: a numeric has more digits than any number type here.
    let mut columns: Vec<String> = [computed.number, computed.text, computed.count]
        .into_iter()
        .map(|expression| format!("({expression})::text"))
        .collect();
    for key in &keys {
        for part in [&key.rank, &key.number, &key.text] {
            let expression = part.as_deref().unwrap_or("NULL");
            columns.push(format!("({expression})::text"));
        }
    }
    let mut sql = format!(
        "SELECT {} FROM event_log_event e WHERE {}",
        columns.join(", "),
        scope.condition
    );
    let grouped: Vec<&str> = keys
        .iter()
        .flat_map(|key| key.grouped().map(String::as_str))
        .collect();
    if !grouped.is_empty() {
        let most = plan.most_values.saturating_add(1);
        sql.push_str(&format!(" GROUP BY {} LIMIT {most}", grouped.join(", ")));
    }
    let mut groups = Vec::new();
    for_each(connection, sql, &scope.binds, |row| {
        groups.push(group_of(row, reduce)?);
        Ok(ControlFlow::Continue(()))
    })
    .await?;
    if groups.len() > plan.most_values {
        return Err(StoreFailure::TooManyGroups(plan.most_values));
    }
    if reduce.group_by.is_empty() {
        let value = groups.pop().map_or(Cell::Nothing, |group| group.value);
        return Ok(Aggregation::Single(value));
    }
    Ok(Aggregation::sorted(groups, plan.offset, plan.limit))
}

fn group_of(row: &PgRow, reduce: &Reduce) -> Result<Group, StoreFailure> {
    let text = |column: usize| row.try_get::<Option<String>, _>(column);
    let number =
        |column: usize| Ok::<_, sqlx::Error>(text(column)?.and_then(|n| Number::from_json(&n)));
    let mut keys = Vec::with_capacity(reduce.group_by.len());
    for (index, (_, field)) in reduce.group_by.iter().enumerate() {
        let first = 3 + index * 3;
        let rank = text(first)?.and_then(|rank| rank.parse().ok());
        keys.push(scalar_of(field, rank, number(first + 1)?, text(first + 2)?));
    }
    let value = cell_of(
        reduce,
        Computed {
            number: number(0)?,
            text: text(1)?,
            count: number(2)?,
        },
    );
    Ok(Group { keys, value })
}

async fn collect(
    connection: &mut PgConnection,
    instance: &InstanceRow,
    plan: &Plan,
    reduce: &Reduce,
) -> Result<Aggregation, StoreFailure> {
    let scope = scope(instance, plan, reduce.has_field().as_ref());
    let mut collected = Collected::new(plan, reduce, &instance.id);
    let select = format!("SELECT {} FROM event_log_event e", rows::EVENT);
    let sql = collected_events(&select, &scope.condition, append_order(plan), &collected);
    for_each(connection, sql, &scope.binds, |row| {
        collected.add(&rows::event(row)?)?;
        Ok(ControlFlow::Continue(()))
    })
    .await?;
    Ok(collected.finish())
}
