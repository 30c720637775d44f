//! A rule of notifications as it is written in the configuration; what it means is told in `rules`.

use serde::{Deserialize, Serialize};

use super::delivery::About;

/// One `[[notify.rule]]`: what it is for, and what becomes of it. What is left out matches everything, and changes
/// nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// What it is called in messages and counted by.
    pub name: Option<String>,
    /// Ids of sources; `*` stands for any letters.
    pub sources: Vec<String>,
    /// Categories with those below them; `*` stands for any letters, `_uncategorized` for posts without one.
    pub categories: Vec<String>,
    /// Words, one of which stands in the title or the excerpt.
    pub keywords: Vec<String>,
    /// What it is about.
    pub about: Vec<About>,
    /// Who is told; none: nobody.
    pub channels: Option<Vec<String>>,
    /// When nobody is told: `22:00-08:00`.
    pub quiet_hours: Option<String>,
    /// The zone of its hours.
    pub time_zone: Option<String>,
    /// How many messages in how long: `5/h`.
    pub at_most: Option<String>,
    /// When all that came is told at once: `daily 08:00`.
    pub digest: Option<String>,
}
