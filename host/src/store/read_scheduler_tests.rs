use std::future::{pending, ready};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::Instant;

use super::{ReadPermit, ReadScheduler};
use crate::store::{Caller, StoreFailure};

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(300);
/// Short reads end before it, and long ones behind it, however busy the machine is: it is only compared with.
const BETWEEN: Duration = Duration::from_secs(100);

fn scheduler(short: usize, long: usize) -> Arc<ReadScheduler> {
    Arc::new(ReadScheduler::new(short, long, LONG))
}

fn is_long(permit: &ReadPermit) -> bool {
    permit.ends > Instant::now() + BETWEEN
}

/// A query that ends at once as a short one, and tells whether it was tried as a long one.
async fn tried_as_long(scheduler: &ReadScheduler, caller: Caller) -> bool {
    let read = scheduler.query(caller, |permit| ready(Ok(is_long(&permit))));
    read.await.unwrap()
}

/// A query that shows itself to be long; it ends when the sender is used or dropped.
fn long_read(
    scheduler: &Arc<ReadScheduler>,
    caller: Caller,
) -> (
    oneshot::Sender<()>,
    oneshot::Receiver<()>,
    tokio::task::JoinHandle<Result<(), StoreFailure>>,
) {
    let (end, ended) = oneshot::channel::<()>();
    let (begin, started) = oneshot::channel();
    let ended = ended.shared();
    let begin = Mutex::new(Some(begin));
    let scheduler = Arc::clone(scheduler);
    let read = tokio::spawn(async move {
        let attempt = |permit: ReadPermit| {
            let ended = ended.clone();
            let begin = is_long(&permit)
                .then(|| begin.lock().unwrap().take())
                .flatten();
            async move {
                let Some(begin) = begin else {
                    return Err(StoreFailure::Cancelled);
                };
                let _ = begin.send(());
                let _ = ended.await;
                drop(permit);
                Ok(())
            }
        };
        scheduler.query(caller, attempt).await
    });
    (end, started, read)
}

#[tokio::test]
async fn a_read_that_takes_longer_than_a_short_one_may_starts_again_with_the_whole_time() {
    let scheduler = scheduler(1, 1);
    let tried = Mutex::new(Vec::new());
    let before = Instant::now();
    let read = scheduler.query(Caller::another(), |permit| {
        tried.lock().unwrap().push(permit.ends);
        let is_first = tried.lock().unwrap().len() == 1;
        async move {
            yield_now().await;
            if is_first {
                Err(StoreFailure::Cancelled)
            } else {
                Ok(7)
            }
        }
    });
    assert_eq!(read.await, Ok(7));
    let tried = tried.into_inner().unwrap();
    let [short, long] = tried.as_slice() else {
        panic!("{tried:?}");
    };
    assert!(*short > before && *short < before + BETWEEN);
    assert!(*long > before + BETWEEN);
    let looked_up = scheduler.look_up(Caller::another(), async |permit: ReadPermit| {
        yield_now().await;
        Ok(is_long(&permit))
    });
    assert_eq!(
        looked_up.await,
        Ok(true),
        "it has all the time that there is"
    );
}

#[tokio::test]
async fn while_a_caller_has_a_long_read_its_next_ones_start_as_long_ones_and_nobody_elses() {
    let scheduler = scheduler(2, 4);
    let (greedy, modest) = (Caller::another(), Caller::another());
    let (end_one, started_one, one) = long_read(&scheduler, greedy);
    let (end_two, started_two, two) = long_read(&scheduler, greedy);
    started_one.await.unwrap();
    started_two.await.unwrap();
    assert!(tried_as_long(&scheduler, greedy).await);
    assert!(!tried_as_long(&scheduler, modest).await);
    end_one.send(()).unwrap();
    one.await.unwrap().unwrap();
    assert!(
        tried_as_long(&scheduler, greedy).await,
        "it has another one"
    );
    end_two.send(()).unwrap();
    two.await.unwrap().unwrap();
    assert!(!tried_as_long(&scheduler, greedy).await);
}

#[tokio::test]
async fn a_read_that_waited_behind_a_long_one_of_its_caller_starts_as_a_long_one() {
    let scheduler = scheduler(1, 3);
    let caller = Caller::another();
    let (slow_down, slowed_down) = oneshot::channel::<()>();
    let slowed_down = slowed_down.shared();
    let first = scheduler.query(caller, |permit| {
        let slowed_down = slowed_down.clone();
        async move {
            if is_long(&permit) {
                return pending().await;
            }
            let _ = slowed_down.await;
            drop(permit);
            Err::<(), _>(StoreFailure::Cancelled)
        }
    });
    let mut first = Box::pin(first);
    assert!((&mut first).now_or_never().is_none());
    let mut second = Box::pin(tried_as_long(&scheduler, caller));
    assert!((&mut second).now_or_never().is_none(), "it waits");
    slow_down.send(()).unwrap();
    assert!(
        (&mut first).now_or_never().is_none(),
        "it goes on as a long one"
    );
    assert_eq!(second.now_or_never(), Some(true));
}

#[tokio::test]
async fn at_its_time_limit_a_read_fails_with_what_it_waited_for() {
    let scheduler = ReadScheduler::new(2, 1, Duration::from_secs(1));
    let caller = Caller::another();
    let kept = Mutex::new(None);
    let runs = |permit: ReadPermit| {
        permit.runs();
        *kept.lock().unwrap() = Some(permit);
        pending::<Result<(), _>>()
    };
    // Of two permits a caller has one at a time.
    let (query, waiting) = tokio::join!(
        biased;
        scheduler.query(caller, runs),
        scheduler.look_up(caller, |_| ready(Ok(()))),
    );
    assert_eq!(query, Err(StoreFailure::QueryTimeout(1)));
    assert_eq!(waiting, Err(StoreFailure::PermitTimeout(1)));
    *kept.lock().unwrap() = None;
    // The others have no conditions by which they could be narrowed.
    let (list, look_up) = tokio::join!(
        scheduler.list(caller, runs),
        scheduler.look_up(Caller::another(), runs),
    );
    assert_eq!(list, Err(StoreFailure::LookUpTimeout(1)));
    assert_eq!(look_up, Err(StoreFailure::LookUpTimeout(1)));
    *kept.lock().unwrap() = None;
    let unconnected = async |permit: ReadPermit| {
        permit.runs();
        permit.awaits_connection();
        pending::<Result<(), _>>().await
    };
    let (unconnected, lost) = tokio::join!(
        scheduler.look_up(caller, unconnected),
        scheduler.query(Caller::another(), unconnected),
    );
    assert_eq!(unconnected, Err(StoreFailure::NoConnection));
    assert_eq!(lost, Err(StoreFailure::NoConnection));
}

#[tokio::test]
async fn after_its_short_attempt_a_query_that_gets_no_other_turn_waited_for_one() {
    let scheduler = ReadScheduler::new(2, 1, Duration::from_secs(1));
    let kept = Mutex::new(Vec::new());
    let has_long = scheduler.query(Caller::another(), async |permit: ReadPermit| {
        permit.runs();
        let is_short = kept.lock().unwrap().is_empty();
        kept.lock().unwrap().push(permit);
        if is_short {
            return Err::<(), _>(StoreFailure::Cancelled);
        }
        pending().await
    });
    let attempts = Mutex::new(0);
    let waits = scheduler.query(Caller::another(), |permit| {
        permit.runs();
        *attempts.lock().unwrap() += 1;
        ready(Err::<(), _>(StoreFailure::Cancelled))
    });
    let (has_long, waits) = tokio::join!(biased; has_long, waits);
    assert_eq!(has_long, Err(StoreFailure::QueryTimeout(1)));
    assert_eq!(waits, Err(StoreFailure::PermitTimeout(1)));
    assert_eq!(*attempts.lock().unwrap(), 1, "it did start");
}

#[tokio::test]
async fn a_read_that_somebody_else_cancels_in_the_database_was_not_over_its_time_limit() {
    let scheduler = scheduler(1, 1);
    let cancelled = |permit: ReadPermit| {
        permit.runs();
        ready(Err::<(), _>(StoreFailure::Cancelled))
    };
    let caller = Caller::another();
    for done in [
        scheduler.query(caller, cancelled).await,
        scheduler.list(caller, cancelled).await,
        scheduler.look_up(caller, cancelled).await,
    ] {
        assert_eq!(done, Err(StoreFailure::Cancelled));
    }
}

#[tokio::test]
async fn reads_that_run_when_the_host_stops_end_soon_and_refused() {
    let scheduler = scheduler(2, 2);
    let caller = Caller::another();
    let (end, started, running) = long_read(&scheduler, caller);
    started.await.unwrap();
    scheduler.stop();
    assert_eq!(running.await.unwrap(), Err(StoreFailure::Closed));
    drop(end);
    let later = scheduler.look_up(caller, |_| pending::<Result<(), _>>());
    assert_eq!(later.await, Err(StoreFailure::Closed));
}

/// Whoever closes takes the connections away: a permit is given back when the database has stopped working.
#[tokio::test]
async fn closing_waits_for_reads_that_nobody_waits_for_any_more() {
    for is_long_read in [false, true] {
        let scheduler = scheduler(1, 1);
        let kept = Arc::new(Mutex::new(None));
        let keep = Arc::clone(&kept);
        let read = scheduler.query(Caller::another(), move |permit| {
            let goes_on = is_long_read && !is_long(&permit);
            if !goes_on {
                *keep.lock().unwrap() = Some(permit);
            }
            async move {
                if goes_on {
                    return Err(StoreFailure::Cancelled);
                }
                pending::<Result<(), _>>().await
            }
        });
        let mut read = Box::pin(read);
        assert!((&mut read).now_or_never().is_none());
        drop(read);
        let mut closing = Box::pin(scheduler.close());
        // It looks again and again.
        for _ in 0..4 {
            let wait = tokio::time::timeout(Duration::from_millis(10), &mut closing);
            assert!(wait.await.is_err(), "the permit is held: {is_long_read}");
        }
        let permit = kept.lock().unwrap().take();
        assert!(permit.is_some());
        drop(permit);
        closing.await;
        let refused = scheduler.query(Caller::another(), |_| ready(Ok(())));
        assert_eq!(refused.await, Err(StoreFailure::Closed));
    }
}
