//! Labels → category paths, and the blog's category tree.

use percent_encoding::percent_decode_str;
use scraper::ElementRef;
use url::Url;

use super::contract::ExtractError;
use super::document::Document;
use super::link::{resolve, same_host};
use super::recipe::CompiledRecipe;
use super::selector::text_of;
use super::text::{TITLE_LENGTH, clean_to};
use crate::model::category::{CategoryPath, TreeNode};

/// No blog has more categories; a page that lists more is hostile.
const MOST_NODES: usize = 2000;

/// What a category's page stays unescaped in.
const PLAIN: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl CompiledRecipe {
    /// Whether, on a page that was read so (`Candidates::how`), the platform's category pages have addresses that
    /// their labels tell.
    pub fn has_category_pages(&self, how: &str) -> bool {
        self.for_page(how).site.tree_path.is_some()
    }

    /// A category as the platform writes it (`A/B` of a feed are two levels), with the address of its page below
    /// `home`.
    pub fn category_page(&self, how: &str, path: &CategoryPath, home: &Url) -> Option<(CategoryPath, Url)> {
        let recipe = self.for_page(how);
        let folder = recipe.site.tree_path.as_deref()?;
        let path = match path.labels() {
            [label] => path_of(label, recipe, &[])?,
            _ => path.clone(),
        };
        let labels = path.labels().iter().map(|label| percent_encoding::utf8_percent_encode(label, PLAIN).to_string());
        let url = resolve(home, &format!("{folder}{}", labels.collect::<Vec<_>>().join("/")))?;
        Some((path, url))
    }
}

/// The path that a post's `label` means, by the blog's own tree first and by the recipe's rule else.
///
/// `A/B` is two levels only where the tree or the rule says so: `TCP/IP` may be one name.
pub(super) fn path_of(label: &str, recipe: &CompiledRecipe, tree: &[TreeNode]) -> Option<CategoryPath> {
    let label = clean_to(label, TITLE_LENGTH);
    // Some platforms draw the tree into the names: `└ Kafka`.
    let label = label.trim_start_matches(|letter: char| ('\u{2500}'..='\u{257F}').contains(&letter)).trim_start();
    let label = label.strip_prefix('#').unwrap_or(label).trim();
    let whole = CategoryPath::new([label])?;
    if recipe.is_no_category(&whole) {
        return None;
    }
    if let Some(node) = tree.iter().find(|node| node.path.to_string() == label) {
        return Some(node.path.clone());
    }
    let mut named_so = tree.iter().filter(|node| node.path.label() == label);
    if let (Some(node), None) = (named_so.next(), named_so.next()) {
        return Some(node.path.clone());
    }
    let levels = recipe.categories.levels.unwrap_or(usize::MAX).max(1);
    match recipe.categories.separator.as_deref().filter(|separator| !separator.is_empty()) {
        Some(separator) => CategoryPath::new(label.splitn(levels, separator)),
        None => Some(whole),
    }
}

/// The label, where it says that the post has no category.
pub(super) fn no_category(label: &str, recipe: &CompiledRecipe) -> Option<String> {
    let path = CategoryPath::new([clean_to(label, TITLE_LENGTH)])?;
    recipe.is_no_category(&path).then(|| path.label().to_owned())
}

/// The tree that the page shows, and the number of posts at its root.
pub(super) fn tree_of(
    document: &Document,
    recipe: &CompiledRecipe,
    base: &Url,
) -> Result<(Vec<TreeNode>, Option<u32>), ExtractError> {
    let Some(selector) = &recipe.site.tree else { return Ok((Vec::new(), None)) };
    let (mut nodes, mut total) = (Vec::<TreeNode>::new(), None);
    for link in document.matches(&[selector], MOST_NODES)?.remove(0) {
        let url = link.attr("href").and_then(|href| resolve(base, href)).filter(|url| same_host(url, base));
        let counted = recipe.site.tree_count.as_ref().and_then(|count| count.elements(link).into_iter().next());
        let count = counted.and_then(|counted| number_in(&text_of(counted)));
        let path = match (&recipe.site.tree_path, &url) {
            (Some(prefix), Some(url)) => {
                // The link above all categories counts the whole blog.
                if url.path().trim_end_matches('/') == prefix.trim_end_matches('/') {
                    total = total.or(count);
                }
                labels_below(url, prefix).and_then(CategoryPath::new)
            }
            (Some(_), None) => None,
            (None, _) => CategoryPath::new([clean_to(&label_without(link, counted), TITLE_LENGTH)]),
        };
        let Some(path) = path.filter(|path| !recipe.is_no_category(path)) else { continue };
        if nodes.iter().all(|node| node.path != path) {
            nodes.push(TreeNode { path, url, count });
        }
    }
    Ok((nodes, total))
}

/// The last number in a text: `분류 전체보기 (1,136)`.
pub(super) fn number_in(text: &str) -> Option<u32> {
    let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, ',' | '.');
    let number =
        text.split(|letter: char| !is_part(letter)).rfind(|part| part.contains(|c: char| c.is_ascii_digit()))?;
    number.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()
}

/// The labels that the path of a category's page spells behind `prefix`; `None` without any.
fn labels_below(url: &Url, prefix: &str) -> Option<Vec<String>> {
    let rest = url.path().strip_prefix(prefix)?;
    let labels: Vec<String> = rest
        .split('/')
        .map(|segment| clean_to(&percent_decode_str(segment).decode_utf8_lossy(), TITLE_LENGTH))
        .filter(|label| !label.is_empty())
        .collect();
    (!labels.is_empty()).then_some(labels)
}

/// The text of a tree's link without its count.
fn label_without(link: ElementRef<'_>, counted: Option<ElementRef<'_>>) -> String {
    let text = text_of(link);
    let count = counted.map(text_of).unwrap_or_default();
    text.trim_end().strip_suffix(count.trim()).unwrap_or(&text).to_owned()
}

/// Tags as people write them, each once: without the sign that some put before them.
pub(super) fn tags(labels: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for label in labels {
        let tag = clean_to(label.trim().trim_start_matches('#'), TITLE_LENGTH);
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::source::{CategoryRules, HtmlRecipe, Recipe};

    fn recipe(separator: Option<&str>) -> CompiledRecipe {
        let categories = CategoryRules {
            separator: separator.map(str::to_owned),
            levels: Some(2),
            none: vec!["카테고리 없음".into()],
        };
        CompiledRecipe::compile(&Recipe::Html(HtmlRecipe { categories, ..HtmlRecipe::default() })).unwrap()
    }

    fn node(labels: &[&str]) -> TreeNode {
        TreeNode { path: CategoryPath::new(labels).unwrap(), url: None, count: None }
    }

    #[test]
    fn a_slash_splits_where_the_tree_or_the_rule_says_so() {
        let tree = [
            node(&["Big Data"]),
            node(&["Big Data", "Kafka"]),
            node(&["TCP/IP"]),
            node(&["A", "x"]),
            node(&["B", "x"]),
        ];
        for (label, separator, tree, expected) in [
            ("Big Data/Kafka", None, &tree[..], Some("Big Data|Kafka")),
            ("Big Data/Kafka", Some("/"), &[][..], Some("Big Data|Kafka")),
            ("Big Data/Kafka", None, &[][..], Some("Big Data/Kafka")),
            ("TCP/IP", Some("/"), &tree[..], Some("TCP/IP")),
            ("TCP/IP", Some("/"), &[][..], Some("TCP|IP")),
            ("a/b/c", Some("/"), &[][..], Some("a|b/c")),
            ("Kafka", None, &tree[..], Some("Big Data|Kafka")),
            ("x", None, &tree[..], Some("x")),
            ("#rust", None, &[][..], Some("rust")),
            ("└\u{a0}Roses", None, &[][..], Some("Roses")),
            ("C#", None, &[][..], Some("C#")),
            (" 카테고리  없음 ", Some("/"), &tree[..], None),
            ("", None, &[][..], None),
            ("/", Some("/"), &[][..], None),
        ] {
            let path = path_of(label, &recipe(separator), tree).map(|path| path.labels().join("|"));
            assert_eq!(path.as_deref(), expected, "{label:?} {separator:?}");
        }
    }

    #[test]
    fn totals_are_read_from_text() {
        for (text, expected) in [
            ("분류 전체보기 (136)", Some(136)),
            ("(1,136)", Some(1136)),
            ("2 pages, 30 posts", Some(30)),
            ("all", None),
            ("99999999999", None),
        ] {
            assert_eq!(number_in(text), expected, "{text:?}");
        }
    }
}
