//! Databases that are set up in another way than the host needs it.

use codebolt_host::store::postgres::PostgresOptions;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::postgres_server::new_database;
use crate::stores::Opened;

/// There a backslash in a text would be an escape, and the text of a path would not end where it does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_strings_do_not_conform_to_the_standard_no_path_leads_out_of_its_instance() {
    let url = new_database().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let database: String = sqlx::query_scalar("SELECT current_database()")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    for setting in [
        "standard_conforming_strings = off",
        "backslash_quote = on",
        "escape_string_warning = off",
    ] {
        let sql = format!("ALTER DATABASE {database} SET {setting}");
        sqlx::query(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    let host = Opened::on_postgres(PostgresOptions::new(&url)).await;
    for name in ["own", "other"] {
        let payload = json!({ "a\\": { "b\\'": name }, "plain": name });
        let event = json!({ "instanceId": name, "autoCreateInstance": true, "payload": payload });
        host.done("appendEvent", event).await;
    }
    let ask = async |field: &str| {
        let condition = json!({ "field": field, "operator": "eq", "value": "own" });
        host.query(json!({ "from": { "instance": "own" }, "where": [condition] }))
            .await
    };
    assert_eq!(ask(r#"payload["a\\"]["b\\'"]"#).await["total"], 1);
    assert_eq!(ask("payload.plain").await["total"], 1);
    for hostile in [
        r#"payload["\\' IS NULL OR true OR 'x' = '"]"#,
        r#"payload["x\\'"][" = '1') OR true -- "]"#,
        r#"payload[0]["\\') OR true -- "]"#,
    ] {
        let found = ask(hostile).await;
        assert_eq!(found["total"], 0, "{hostile}: {found}");
    }
    let sums = host
        .query(json!({ "from": { "instance": "own" }, "reduce": { "type": "count", "groupBy": [r#"payload["a\\"]["b\\'"]"#] } }))
        .await;
    assert_eq!(sums["aggregation"][0]["value"], 1, "{sums}");
    host.store.close().await;
}
