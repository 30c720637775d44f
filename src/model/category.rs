//! Categories: a path of labels, `Big Data/Kafka`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Joins labels where one string is needed for storing; no text that passed the door holds it.
const STORED_SEPARATOR: char = '\u{1f}';

/// The labels from the outermost category to the one meant; never empty, no label is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CategoryPath(Vec<String>);

impl CategoryPath {
    /// A path of these labels, each trimmed and its white space folded. `None` when nothing is left.
    pub fn new<L: AsRef<str>>(labels: impl IntoIterator<Item = L>) -> Option<Self> {
        let labels: Vec<String> = labels
            .into_iter()
            .map(|label| label.as_ref().split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|label| !label.is_empty())
            .collect();
        (!labels.is_empty()).then_some(Self(labels))
    }

    /// The labels, outermost first.
    pub fn labels(&self) -> &[String] {
        &self.0
    }

    /// The innermost label.
    pub fn label(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// The path without its innermost label.
    pub fn parent(&self) -> Option<Self> {
        (self.0.len() > 1).then(|| Self(self.0[..self.0.len() - 1].to_vec()))
    }

    /// The path itself and all that hold it, innermost first.
    pub fn with_parents(&self) -> impl Iterator<Item = Self> + '_ {
        (1..=self.0.len()).rev().map(|depth| Self(self.0[..depth].to_vec()))
    }

    /// The one string that the store keeps; [`CategoryPath::from_stored`] reads it back.
    pub fn to_stored(&self) -> String {
        self.0.join(&STORED_SEPARATOR.to_string())
    }

    /// Reads what [`CategoryPath::to_stored`] wrote.
    pub fn from_stored(stored: &str) -> Option<Self> {
        Self::new(stored.split(STORED_SEPARATOR))
    }
}

/// The labels joined by `/`, as people write them.
impl fmt::Display for CategoryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("/"))
    }
}

/// A category of a source as the store knows it: the label path and its slug, minted once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// The labels.
    pub path: CategoryPath,
    /// The slugs of all labels joined by `/`: `big-data/kafka`.
    pub slug_path: String,
}

/// A node of a blog's own category tree, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeNode {
    /// The labels.
    pub path: CategoryPath,
    /// The page that lists the category.
    pub url: Option<url::Url>,
    /// How many posts the blog says that it holds.
    pub count: Option<u32>,
}

/// Mints the slugs of every category of `wanted` (and of their parents) that `known` lacks.
///
/// A slug is unique among its siblings: `-2` is appended on a clash. Known categories keep theirs for ever.
pub fn mint_categories<'a>(known: &[Category], wanted: impl IntoIterator<Item = &'a CategoryPath>) -> Vec<Category> {
    let mut all: Vec<Category> = known.to_vec();
    for path in wanted {
        let mut chain: Vec<CategoryPath> = path.with_parents().collect();
        chain.reverse();
        for step in chain {
            if all.iter().any(|category| category.path == step) {
                continue;
            }
            let prefix = step.parent().and_then(|parent| {
                all.iter().find(|category| category.path == parent).map(|category| format!("{}/", category.slug_path))
            });
            let prefix = prefix.unwrap_or_default();
            let slug = super::slug::unique(&super::slug::of_label(step.label()), |slug| {
                all.iter().any(|category| category.slug_path == format!("{prefix}{slug}"))
            });
            all.push(Category { slug_path: format!("{prefix}{slug}"), path: step });
        }
    }
    all.split_off(known.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> CategoryPath {
        CategoryPath::new(text.split('/')).unwrap()
    }

    #[test]
    fn parents_are_minted_before_their_children_and_clashes_are_numbered() {
        let known = [Category { path: path("C#"), slug_path: "c-sharp".into() }];
        let minted = mint_categories(&known, [&path("Big Data/Kafka"), &path("C Sharp"), &path("Big Data/kafka")]);
        let slugs: Vec<_> =
            minted.iter().map(|category| (category.path.to_string(), category.slug_path.clone())).collect();
        assert_eq!(
            slugs,
            [
                ("Big Data".to_owned(), "big-data".to_owned()),
                ("Big Data/Kafka".to_owned(), "big-data/kafka".to_owned()),
                ("C Sharp".to_owned(), "c-sharp-2".to_owned()),
                ("Big Data/kafka".to_owned(), "big-data/kafka-2".to_owned()),
            ]
        );
    }

    #[test]
    fn a_label_with_a_slash_survives_storing() {
        let path = CategoryPath::new(["Network", "TCP/IP"]).unwrap();
        assert_eq!(CategoryPath::from_stored(&path.to_stored()), Some(path.clone()));
        assert_eq!(path.to_string(), "Network/TCP/IP");
        assert_eq!(CategoryPath::new(["  ", ""]), None);
    }
}
