//! Whether a document keeps the rules that readers and the W3C's validator hold feeds to.
//!
//! Each rule has a number, a sentence and a function over the parsed document: F rules hold for all formats, A rules
//! for Atom, R rules for RSS, J rules for JSON Feed; gaps in the numbers are rules that one document cannot show:
//! that it stays the same (F3), that ids never change, and what a server adds.

mod atom;
mod json;
mod rss;
mod rule;
mod tree;
mod value;

#[cfg(test)]
mod tests;

use crate::model::feed::Format;

use rule::Rule;
use tree::Element;

/// A rule and where a document breaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's number, such as `F1`.
    pub rule: &'static str,
    /// Where and how, in one line.
    pub message: String,
}

/// What is wrong with a document; empty when nothing is.
pub fn check(format: Format, document: &[u8]) -> Vec<Finding> {
    let text = match std::str::from_utf8(document) {
        Ok(text) => text,
        Err(error) => return vec![Finding { rule: "F1", message: format!("the document is no UTF-8: {error}") }],
    };
    match format {
        Format::Json => match serde_json::from_str(text) {
            Ok(value) => apply(json::RULES, &value),
            Err(error) => vec![Finding { rule: "J1", message: format!("the document is no JSON: {error}") }],
        },
        Format::Atom => check_xml(text, atom::RULES),
        Format::Rss => check_xml(text, rss::RULES),
    }
}

/// The sentence of a rule, `None` for a number that no rule has.
pub fn explain(rule: &str) -> Option<&'static str> {
    let xml = atom::RULES.iter().chain(rss::RULES).map(|known| (known.id, known.says));
    let json = json::RULES.iter().map(|known| (known.id, known.says));
    std::iter::once(("F1", tree::F1)).chain(xml).chain(json).find_map(|(id, says)| (id == rule).then_some(says))
}

fn check_xml(text: &str, rules: &'static [Rule<Element>]) -> Vec<Finding> {
    match tree::parse(text) {
        Ok(root) => apply(rules, &root),
        Err(message) => vec![Finding { rule: "F1", message }],
    }
}

fn apply<D>(rules: &'static [Rule<D>], document: &D) -> Vec<Finding> {
    let broken = |rule: &'static Rule<D>| {
        (rule.find)(document).into_iter().map(move |message| Finding { rule: rule.id, message })
    };
    rules.iter().flat_map(broken).collect()
}
