//! A source's failure, told once when it lasts and once when it ends.
//!
//! A server that is down for an hour is nobody's concern and stands in `status`; what is told is what a person can
//! mend: a page that cannot be read any more, or a server that refuses for good.

use jiff::Timestamp;

use crate::model::date::rfc3339;
use crate::model::delivery::{DeliveryKind, NewDelivery, Subject};
use crate::model::failure::{Failure, PollOutcome, Step};
use crate::model::source::SourceId;
use crate::rules::Rules;
use crate::store::contract::SourceState;

/// What a poll with this outcome owes to the channels besides posts. A failure is told when it is the `lasts`th in a row.
pub(super) fn owed(
    rules: &Rules,
    lasts: u32,
    id: &SourceId,
    state: &SourceState,
    outcome: &PollOutcome,
    at: Timestamp,
) -> Vec<NewDelivery> {
    let told = match outcome {
        PollOutcome::Failed(failure) if state.failures + 1 == lasts && is_told(failure) => {
            Some((DeliveryKind::Failure, format!("{} · {}", failure.message, since(state, at))))
        }
        PollOutcome::Gone(_) if state.outcome.as_deref() != Some(outcome.word()) => Some((
            DeliveryKind::Failure,
            format!("the server says that the blog is gone for good · {}", since(state, at)),
        )),
        PollOutcome::Repaired => Some((
            DeliveryKind::Repair,
            format!(
                "looks different now; sosik learnt to read it and finds its posts again (`sosik repair {} --undo` takes that back) · {}",
                id,
                rfc3339(at, 0)
            ),
        )),
        PollOutcome::Failed(_) | PollOutcome::Gone(_) | PollOutcome::Offline(_) | PollOutcome::Deferred { .. } => None,
        _ if state.failures >= lasts && state.failure.as_ref().is_some_and(is_told) => {
            Some((DeliveryKind::Repair, format!("reads again · {}", rfc3339(at, 0))))
        }
        _ => None,
    };
    let Some((kind, text)) = told else { return Vec::new() };
    let delivery =
        |channel: &str| NewDelivery { kind, key: None, channel: channel.to_owned(), text: Some(text.clone()) };
    let subject = Subject { source: id, about: kind.into(), title: "", excerpt: None, categories: &[] };
    rules.channels(&subject).into_iter().map(delivery).collect()
}

/// Whether a person can do something about it.
fn is_told(failure: &Failure) -> bool {
    failure.step == Step::Extract || !failure.transient
}

/// Makes the same failure of another time another delivery.
fn since(state: &SourceState, at: Timestamp) -> String {
    format!("since {}", rfc3339(state.last_success.unwrap_or(at), 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(step: Step, transient: bool) -> PollOutcome {
        PollOutcome::Failed(Failure {
            step,
            message: "selector `a` found no posts".to_owned(),
            help: String::new(),
            transient,
            chain: Vec::new(),
            unreachable: false,
        })
    }

    fn told(failures: u32, last: Option<&PollOutcome>, outcome: &PollOutcome) -> Option<DeliveryKind> {
        let failure = last.and_then(PollOutcome::failure).cloned();
        let state = SourceState { failures, failure, ..SourceState::default() };
        let id = SourceId::try_from("slow".to_owned()).unwrap();
        owed(&Rules::without(vec!["desktop".to_owned()]), 3, &id, &state, outcome, Timestamp::UNIX_EPOCH)
            .first()
            .map(|owed| owed.kind)
    }

    #[test]
    fn a_lasting_failure_is_told_once_and_its_end_once() {
        let layout = failure(Step::Extract, true);
        for (failures, expected) in [(0, None), (1, None), (2, Some(DeliveryKind::Failure)), (3, None), (9, None)] {
            assert_eq!(told(failures, Some(&layout), &layout), expected, "{failures} before");
        }
        assert_eq!(told(2, Some(&layout), &PollOutcome::Changed), None);
        assert_eq!(told(3, Some(&layout), &PollOutcome::Unchanged), Some(DeliveryKind::Repair));
        assert_eq!(told(0, None, &PollOutcome::Unchanged), None);
        assert_eq!(told(0, None, &PollOutcome::Repaired), Some(DeliveryKind::Repair));
    }

    #[test]
    fn a_server_that_is_down_is_not_told() {
        let down = failure(Step::Fetch, true);
        assert_eq!(told(2, Some(&down), &down), None);
        assert_eq!(told(5, Some(&down), &PollOutcome::Unchanged), None);
        let refused = failure(Step::Fetch, false);
        assert_eq!(told(2, Some(&refused), &refused), Some(DeliveryKind::Failure));
    }
}
