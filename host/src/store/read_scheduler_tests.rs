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
async fn at_its_time_limit_a_read_fails_with_whether_it_had_started() {
    let scheduler = ReadScheduler::new(1, 1, Duration::from_secs(1));
    let caller = Caller::another();
    let kept = Mutex::new(None);
    let started = scheduler.query(caller, |permit| {
        *kept.lock().unwrap() = Some(permit);
        pending::<Result<(), _>>()
    });
    let waiting = scheduler.look_up(caller, |_| ready(Ok(())));
    let (started, waiting) = tokio::join!(biased; started, waiting);
    assert_eq!(started, Err(StoreFailure::QueryTimeout(1)));
    assert_eq!(waiting, Err(StoreFailure::PermitTimeout(1)));
    *kept.lock().unwrap() = None;
    let stopped = scheduler.look_up(caller, |_| ready(Err::<(), _>(StoreFailure::Cancelled)));
    assert_eq!(stopped.await, Err(StoreFailure::QueryTimeout(1)));
    let looked_up = scheduler.look_up(caller, |_| pending::<Result<(), _>>());
    assert_eq!(looked_up.await, Err(StoreFailure::QueryTimeout(1)));
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
