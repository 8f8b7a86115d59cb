//! Imports that are under way: how they end, and what a host removes of those that did not.

use codebolt_host::store::{
    Caller, FinishImport, STAGING_DESCRIPTION, StoreFailure, Write, Written, staging_name, write,
};
use codebolt_host::transfer::remove_stale_imports;

use crate::stores::{Opened, for_each_store};

for_each_store!(
    an_import_that_was_changed_since_it_was_seen_is_not_removed_as_a_stale_one,
    the_answer_to_the_end_of_an_import_is_the_instance_as_it_is_then,
    what_a_dead_import_left_is_removed_and_a_living_one_is_left_alone,
);

async fn an_import_that_was_changed_since_it_was_seen_is_not_removed_as_a_stale_one(host: Opened) {
    let staged = Write::CreateInstance {
        name: staging_name(),
        description: Some(STAGING_DESCRIPTION.into()),
    };
    let Ok(Written::Instance(seen)) = write(&*host.store, staged).await else {
        panic!("it is made");
    };
    let heartbeat = Write::UpdateInstance {
        reference: seen.id.clone(),
        name: None,
        description: None,
    };
    let Ok(Written::Instance(now)) = write(&*host.store, heartbeat).await else {
        panic!("it goes on");
    };
    let removed = async |updated_at| {
        let id = seen.id.clone();
        write(&*host.store, Write::DeleteStaleImport { id, updated_at }).await
    };
    let refused = removed(seen.updated_at).await;
    assert!(
        matches!(refused, Err(StoreFailure::NoInstance(_))),
        "{refused:?}"
    );
    removed(now.updated_at).await.unwrap();
    let gone = host.store.instance(Caller::HOST, &seen.id).await;
    assert!(matches!(gone, Err(StoreFailure::NoInstance(_))), "{gone:?}");
}

async fn the_answer_to_the_end_of_an_import_is_the_instance_as_it_is_then(host: Opened) {
    let under_way = Write::CreateInstance {
        name: staging_name(),
        description: Some(STAGING_DESCRIPTION.into()),
    };
    let Ok(Written::Instance(made)) = write(&*host.store, under_way).await else {
        panic!("it is made");
    };
    let end = FinishImport {
        id: made.id.clone(),
        name: "log".into(),
        description: Some("of old".into()),
        created_at: 1_000,
        updated_at: 2_000,
    };
    let Ok(Written::Instance(answered)) = write(&*host.store, Write::FinishImport(end)).await
    else {
        panic!("it is finished");
    };
    // A host that took it for a stale one comes too late, and knows it by its id.
    for updated_at in [made.updated_at, 2_000] {
        let stale = Write::DeleteStaleImport {
            id: answered.id.clone(),
            updated_at,
        };
        let refused = write(&*host.store, stale).await;
        assert!(
            matches!(refused, Err(StoreFailure::NoInstance(_))),
            "{refused:?}"
        );
    }
    let stored = host.store.instance(Caller::HOST, "log").await.unwrap();
    assert_eq!(answered, stored);
    assert_eq!(stored.description.as_deref(), Some("of old"));
    assert_eq!((stored.created_at, stored.updated_at), (1_000, 2_000));
}

async fn what_a_dead_import_left_is_removed_and_a_living_one_is_left_alone(host: Opened) {
    let staged = || Write::CreateInstance {
        name: staging_name(),
        description: Some(STAGING_DESCRIPTION.into()),
    };
    write(&*host.store, staged()).await.unwrap();
    let Ok(Written::Instance(living)) = write(&*host.store, staged()).await else {
        panic!("an instance is made");
    };
    // Looks like one, and is somebody's own.
    let own = Write::CreateInstance {
        name: staging_name(),
        description: None,
    };
    write(&*host.store, own).await.unwrap();
    let beat = async {
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            let sign = Write::UpdateInstance {
                reference: living.id.clone(),
                name: None,
                description: None,
            };
            write(&*host.store, sign).await.unwrap();
        }
    };
    // Many beats long: one of them comes in time on a busy machine, too.
    let silence = std::time::Duration::from_secs(2);
    tokio::select! {
        removed = remove_stale_imports(&*host.store, silence) => assert_eq!(removed, Ok(1)),
        () = beat => {}
    }
    let left = host
        .store
        .instances(
            codebolt_host::store::Caller::HOST,
            codebolt_host::store::InstancePage::ALL,
        )
        .await
        .unwrap()
        .rows;
    assert_eq!(left.len(), 2);
    assert!(left.iter().any(|row| row.id == living.id));
}
