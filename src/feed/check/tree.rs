//! An XML document as a tree, read more strictly than the parser alone does: its own checks leave characters,
//! references and what stands outside the root to the caller.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

use crate::feed::clean::is_xml_char;

/// What [`parse`] refuses a document for.
pub(super) const F1: &str = "a document is well-formed XML 1.0 in UTF-8 and says so";

/// What [`parse`] says of the end of a CDATA section that none began.
pub(super) const STRAY_END: &str = "text holds `]]>`";

/// No feed nests deeper; a tree is dropped recursively.
const MAX_DEPTH: usize = 64;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// The URI of its namespace; empty where it has none.
    pub(super) namespace: String,
    /// Its name without prefix.
    pub(super) name: String,
    /// Its attributes under their names as written.
    attributes: Vec<(String, String)>,
    /// The elements in it.
    pub(super) children: Vec<Self>,
    /// Its text without that of its children.
    pub(super) text: String,
    /// The named references (`lt`) that its text was written with.
    pub(super) references: Vec<String>,
}

impl Element {
    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The children with this namespace and name.
    pub(super) fn all<'a>(&'a self, namespace: &'a str, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.is(namespace, name))
    }

    /// The first child with this namespace and name.
    pub(super) fn first<'a>(&'a self, namespace: &'a str, name: &'a str) -> Option<&'a Self> {
        self.all(namespace, name).next()
    }

    /// Whether it has this namespace and name.
    pub(super) fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }
}

/// Reads a document; the error tells why it is no well-formed XML.
pub(super) fn parse(text: &str) -> Result<Element, String> {
    if let Some(forbidden) = text.chars().find(|character| !is_xml_char(*character)) {
        return Err(format!("U+{:04X} is no character of XML 1.0", u32::from(forbidden)));
    }
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().check_comments = true;
    let mut declared = false;
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|error| error.to_string())?;
        match event {
            Event::Decl(declaration) => {
                let version = declaration.version().map_err(|error| error.to_string())?;
                let encoding = declaration.encoding().and_then(Result::ok).unwrap_or_default();
                if version != "1.0" || !encoding.eq_ignore_ascii_case("utf-8") {
                    return Err("the XML declaration does not say version 1.0 and UTF-8".to_owned());
                }
                declared = true;
            }
            Event::Start(start) => {
                if (open.is_empty() && root.is_some()) || open.len() >= MAX_DEPTH {
                    return Err(format!("<{}> stands after the root or too deep", start.name().as_ref()));
                }
                open.push(element(&namespace, &start)?);
            }
            Event::End(_) => {
                let closed = open.pop().ok_or("an element ends that never began")?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(closed),
                    None => root = Some(closed),
                }
            }
            Event::Text(written) => {
                let content = written.xml10_content();
                match open.last_mut() {
                    _ if content.contains("]]>") => return Err(STRAY_END.to_owned()),
                    Some(element) => element.text.push_str(&content),
                    None if content.trim_start_matches('\u{feff}').trim().is_empty() => {}
                    None => return Err("text stands outside the root".to_owned()),
                }
            }
            Event::CData(written) => {
                let element = open.last_mut().ok_or("CDATA stands outside the root")?;
                element.text.push_str(&written.xml10_content());
            }
            Event::GeneralRef(reference) => {
                let element = open.last_mut().ok_or("a reference stands outside the root")?;
                element.text.push(resolve(&reference)?);
                if !reference.is_char_ref() {
                    element.references.push(reference.to_string());
                }
            }
            Event::DocType(_) => return Err("the document has a DOCTYPE, which readers refuse".to_owned()),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Empty(_) => return Err("an empty element was not expanded".to_owned()),
            Event::Eof => break,
        }
    }
    if !declared {
        return Err("the document does not begin with an XML declaration".to_owned());
    }
    match (open.last(), root) {
        (None, Some(root)) => Ok(root),
        (Some(element), _) => Err(format!("<{}> never ends", element.name)),
        (None, None) => Err("the document holds no element".to_owned()),
    }
}

fn element(namespace: &ResolveResult<'_>, start: &BytesStart<'_>) -> Result<Element, String> {
    let qualified = start.name();
    let name = qualified.as_ref();
    if !name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_') {
        return Err(format!("{name:?} is no name of an element"));
    }
    let namespace = match namespace {
        ResolveResult::Bound(bound) => bound.as_ref().to_owned(),
        ResolveResult::Unbound => String::new(),
        ResolveResult::Unknown(_) => return Err(format!("the prefix of <{name}> is not declared")),
    };
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("<{name}>: {error}"))?;
        let key = attribute.key.as_ref().to_owned();
        if attribute.value.contains('<') {
            return Err(format!("attribute {key:?} of <{name}> holds `<`"));
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| format!("{key:?}: {error}"))?;
        if value.chars().any(|character| !is_xml_char(character)) {
            return Err(format!("attribute {key:?} of <{name}> refers to no character of XML 1.0"));
        }
        attributes.push((key, value.into_owned()));
    }
    let local = start.local_name().as_ref().to_owned();
    Ok(Element { namespace, name: local, attributes, ..Element::default() })
}

fn resolve(reference: &BytesRef<'_>) -> Result<char, String> {
    let name: &str = reference;
    let known = match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => reference.resolve_char_ref().map_err(|error| error.to_string())?,
    };
    known
        .filter(|character| is_xml_char(*character))
        .ok_or_else(|| format!("`&{name};` refers to no character of XML 1.0"))
}
