//! What is owed to whom, and when and with what else it is told.
//!
//! The first rule that matches decides, as in a mail filter: it names the channels and the times. What no rule matches
//! goes to every channel at once. A poll asks [`Rules::channels`] and owes; whoever delivers asks [`plan`] and holds
//! back what is not to be told yet. Pure: hours come from the `now` of the caller.

pub mod cap;
pub mod hours;
mod matching;
mod plan;
mod set;

pub use plan::{Group, Manner, Plan, Situation, plan};
pub use set::{BadRule, Rules};
