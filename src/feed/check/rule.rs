//! What a rule is, and what breaks one.

/// A rule and where a document breaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's number, such as `F1`.
    pub rule: &'static str,
    /// Where and how, in one line.
    pub message: String,
}

/// A rule over a document that was read as `D`.
pub(super) struct Rule<D: 'static> {
    /// Its number.
    pub(super) id: &'static str,
    /// Its sentence.
    pub(super) says: &'static str,
    /// Where the document breaks it, a line each.
    pub(super) find: fn(&D) -> Vec<String>,
}
