//! Answers that are sent for now and read later.
//!
//! What does not depend on each other is asked in one flight: each question is sent as it is made, and the first answer that
//! somebody waits for brings all of them. The embedded database is nowhere else, and answers at once.

use std::cell::RefCell;
use std::rc::Rc;

use super::fault::{Fault, Outcome};
use crate::store::postgres::session::Session;

/// The rows of an answer, once they have come.
pub(in crate::store) type Sheet = Rc<RefCell<Option<Vec<tokio_postgres::Row>>>>;

/// Makes of rows what was asked for.
type Read<T> = Box<dyn FnOnce(Vec<tokio_postgres::Row>) -> Outcome<Vec<T>>>;

/// An answer that was sent for. What was asked is done in its turn, also where nobody reads the answer.
#[must_use = "only who waits for the answer hears of a failure where the question was made"]
pub(in crate::store) struct Later<'c, T>(From<'c, T>);

enum From<'c, T> {
    /// It is here.
    Here(Vec<T>),
    /// It comes from the shared database.
    Sent(&'c Session, Sheet, Read<T>),
}

impl<'c, T> Later<'c, T> {
    /// One that is here.
    pub(in crate::store) fn here(answer: Vec<T>) -> Self {
        Self(From::Here(answer))
    }

    /// One that this connection was asked for.
    pub(in crate::store) fn sent(
        session: &'c Session,
        sheet: Sheet,
        read: impl FnOnce(Vec<tokio_postgres::Row>) -> Outcome<Vec<T>> + 'static,
    ) -> Self {
        Self(From::Sent(session, sheet, Box::new(read)))
    }

    /// Waits for it.
    pub(in crate::store) fn wait(self) -> Outcome<Vec<T>> {
        match self.0 {
            From::Here(answer) => Ok(answer),
            From::Sent(session, sheet, read) => read(session.answer(&sheet)?),
        }
    }
}

impl Later<'_, i64> {
    /// Waits for counts, and adds them up.
    pub(in crate::store) fn sum(self) -> Outcome<usize> {
        let sum: i64 = self.wait()?.into_iter().sum();
        usize::try_from(sum).map_err(|_| Fault::corrupt("count", &sum))
    }
}
