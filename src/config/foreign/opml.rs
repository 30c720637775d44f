//! OPML 1.0 and 2.0: outlines with `xmlUrl`, wherever they stand.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use super::found::{Found, Subscriptions};

/// Reads the outlines.
pub(super) fn read(text: &str) -> Result<Subscriptions, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let (mut read, mut is_opml) = (Subscriptions::default(), false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                match tag.local_name().as_ref().to_ascii_lowercase().as_str() {
                    "opml" => is_opml = true,
                    "outline" => outline(&tag, &mut read),
                    _ => {}
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => return Err(format!("it is no XML: {error}")),
        }
    }
    if is_opml { Ok(read) } else { Err("it has no <opml> element".to_owned()) }
}

fn outline(tag: &BytesStart<'_>, read: &mut Subscriptions) {
    let value = |name: &str| {
        let attribute =
            tag.attributes().flatten().find(|attribute| attribute.key.as_ref().eq_ignore_ascii_case(name))?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned();
        (!value.trim().is_empty()).then_some(value)
    };
    let Some(url) = value("xmlUrl") else { return };
    let title = value("title").or_else(|| value("text"));
    let page = value("htmlUrl").and_then(|page| Url::parse(page.trim()).ok());
    let page = page.filter(|page| matches!(page.scheme(), "http" | "https"));
    read.take(&url, |url| Found { page, ..Found::at(url, title.as_deref()) });
}
