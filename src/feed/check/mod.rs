//! Whether a document keeps the rules that readers and the W3C's validator hold feeds to.
//!
//! Each rule has a number, a sentence and a function over the parsed document: F rules hold for all formats, A rules
//! for Atom, R rules for RSS, J rules for JSON Feed, H rules for what a server adds (`visit`). Gaps in the numbers are
//! rules that neither shows.

mod atom;
mod json;
mod opml;
mod rss;
mod rule;
mod tree;
mod value;
pub mod visit;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use regex::Regex;

use crate::model::feed::Format;

pub use rule::Finding;
use rule::Rule;
use tree::Element;

/// A longer document is fetched in whole at every change, and some readers stop reading it.
const MOST_BYTES: usize = 1024 * 1024;

const F2: &str = "`]]>` never stands inside a CDATA section";
const F11: &str = "no XSLT style sheet, which browsers stop to apply";
const F12: &str = "a document has at most 1 MiB; older posts stand in its archive (RFC 5005)";

/// An instruction that names an XSLT style sheet.
static XSLT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"<\?xml-stylesheet[^?]*type\s*=\s*["'][^"']*xsl[^?]*\?>"#).expect("a constant"));

/// What is wrong with a document; empty when nothing is.
pub fn check(format: Format, document: &[u8]) -> Vec<Finding> {
    let mut findings = check_content(format, document);
    findings.extend(too_long(document));
    findings
}

fn check_content(format: Format, document: &[u8]) -> Vec<Finding> {
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

/// What is wrong with a list of feeds.
pub fn check_opml(document: &[u8]) -> Vec<Finding> {
    match std::str::from_utf8(document) {
        Ok(text) => check_xml(text, opml::RULES),
        Err(error) => vec![Finding { rule: "F1", message: format!("the document is no UTF-8: {error}") }],
    }
}

/// The format that a document looks like; what looks like none is judged as RSS and told so.
pub fn format_of(document: &[u8]) -> Format {
    let text = String::from_utf8_lossy(document);
    let begins = text.trim_start_matches('\u{feff}').trim_start();
    if begins.starts_with('{') {
        Format::Json
    } else if text.contains("<feed") && !text.contains("<rss") {
        Format::Atom
    } else {
        Format::Rss
    }
}

/// The sentence of a rule, `None` for a number that no rule has.
pub fn explain(rule: &str) -> Option<&'static str> {
    let xml = atom::RULES.iter().chain(rss::RULES).chain(opml::RULES).map(|known| (known.id, known.says));
    let json = json::RULES.iter().map(|known| (known.id, known.says));
    let all = [("F1", tree::F1), ("F2", F2), ("F11", F11), ("F12", F12)];
    let visit = visit::RULES.iter().copied();
    all.into_iter().chain(xml).chain(json).chain(visit).find_map(|(id, says)| (id == rule).then_some(says))
}

fn check_xml(text: &str, rules: &'static [Rule<Element>]) -> Vec<Finding> {
    let mut findings = match tree::parse(text) {
        Ok(root) => apply(rules, &root),
        // What is left of a CDATA section that held the end of one is text with that end.
        Err(message) => {
            let rule = if message == tree::STRAY_END && text.contains("<![CDATA[") { "F2" } else { "F1" };
            vec![Finding { rule, message }]
        }
    };
    if let Some(instruction) = XSLT.find(text) {
        findings.push(Finding { rule: "F11", message: format!("the document holds {:?}", instruction.as_str()) });
    }
    findings
}

fn too_long(document: &[u8]) -> Option<Finding> {
    let message = || format!("the document has {} bytes, more than {MOST_BYTES}", document.len());
    (document.len() > MOST_BYTES).then(|| Finding { rule: "F12", message: message() })
}

fn apply<D>(rules: &'static [Rule<D>], document: &D) -> Vec<Finding> {
    let broken = |rule: &'static Rule<D>| {
        (rule.find)(document).into_iter().map(move |message| Finding { rule: rule.id, message })
    };
    rules.iter().flat_map(broken).collect()
}
