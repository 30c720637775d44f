//! What a rule is.

/// A rule over a document that was read as `D`.
pub(super) struct Rule<D: 'static> {
    /// Its number.
    pub(super) id: &'static str,
    /// Its sentence.
    pub(super) says: &'static str,
    /// Where the document breaks it, a line each.
    pub(super) find: fn(&D) -> Vec<String>,
}
