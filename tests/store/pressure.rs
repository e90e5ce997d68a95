//! What is done and what is not where more is asked of the database than it can do.

use crate::database::{Backend, Database};
use actix_web::rt::System;
use masthead_store::db::{Db, Limits};
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Work that holds a thread until it is let go.
type Held<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;

fn open(database: &Database, patience: Duration) -> Db {
    Db::open(database.address(), &[], Limits { readers: 1, queue: 8, patience }).expect("a database")
}

/// Notes that it was done.
fn mark(done: &Arc<AtomicBool>) -> impl FnOnce(&mut Conn) -> Result<(), Error> + Send + 'static {
    let done = Arc::clone(done);
    move |_| {
        done.store(true, Ordering::SeqCst);
        Ok(())
    }
}

#[test]
fn a_read_that_nobody_waits_for_is_not_done_and_a_change_is() {
    for backend in Backend::BOTH {
        let database = Database::new(backend);
        let db = open(&database, Duration::from_secs(15));
        let (read, changed) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        System::new().block_on(async {
            let (gate, opened) = sync_channel::<()>(0);
            let (began, beginning) = sync_channel(2);
            let opened = Arc::new(Mutex::new(opened));
            let hold = || {
                let (opened, began) = (Arc::clone(&opened), began.clone());
                move |_: &mut Conn| -> Result<(), Error> {
                    began.send(()).expect("the test waits");
                    opened.lock().expect("no panic").recv().unwrap_or_default();
                    Ok(())
                }
            };
            // On PostgreSQL both go to the one thread; on SQLite each has its own.
            let mut held: Vec<Held<'_>> = vec![Box::pin(db.write(hold()))];
            if backend == Backend::Sqlite {
                held.push(Box::pin(db.read(hold())));
            }
            for future in &mut held {
                assert!(begins(future).await);
                beginning.recv().expect("a thread takes the work");
            }
            {
                let mut given_up = pin!(db.read(mark(&read)));
                assert!(begins(&mut given_up).await);
                let mut given_up = pin!(db.write(mark(&changed)));
                assert!(begins(&mut given_up).await);
            }
            assert!(db.pools().iter().map(|pool| pool.forsaken).sum::<u64>() == 1);
            drop(gate);
            for future in held {
                future.await.expect("the work is done");
            }
            // Whatever was queued before these has been taken by now.
            db.read(|_| Ok::<_, Error>(())).await.expect("a read");
            db.write(|_| Ok::<_, Error>(())).await.expect("a change");
        });
        assert!(!read.load(Ordering::SeqCst) && changed.load(Ordering::SeqCst), "{backend:?}");
        drop(db);
    }
}

#[test]
fn what_has_waited_too_long_is_refused_and_never_done() {
    for backend in Backend::BOTH {
        let database = Database::new(backend);
        let db = open(&database, Duration::from_millis(50));
        let done = Arc::<AtomicBool>::default();
        System::new().block_on(async {
            let (gate, opened) = sync_channel::<()>(0);
            let (began, beginning) = sync_channel(1);
            let mut held = pin!(db.write(move |_: &mut Conn| -> Result<(), Error> {
                began.send(()).expect("the test waits");
                opened.recv().unwrap_or_default();
                Ok(())
            }));
            assert!(begins(&mut held).await);
            beginning.recv().expect("a thread takes the work");
            let refused = db.write(mark(&done)).await;
            assert!(matches!(refused, Err(Error::Unavailable { .. })), "{refused:?}");
            drop(gate);
            held.await.expect("the work is done");
            while db.write(|_| Ok::<_, Error>(())).await.is_err() {}
        });
        assert!(!done.load(Ordering::SeqCst), "{backend:?}");
        drop(db);
    }
}

/// Polls once; whether it is still under way.
async fn begins<F: Future + Unpin>(future: &mut F) -> bool {
    std::future::poll_fn(|context| std::task::Poll::Ready(Pin::new(&mut *future).poll(context).is_pending())).await
}
