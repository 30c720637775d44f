//! The list of feeds for readers: OPML 2.0 and newsboat's `urls` file.
//!
//! A category that holds others is a folder with its own feed in it, since readers take an outline either for a
//! feed or for a folder. No creation date: the same feeds give the same bytes. Newsboat keeps one post per id over
//! all its feeds, so a post shows in only one of the feeds that hold it.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::model::feed::{Format, Listed};

use super::{clean, link};

/// OPML 2.0 of these feeds, which stand in the catalog's order: a folder per source, in it the category tree; merged
/// feeds beside the folders.
#[expect(clippy::missing_panics_doc, reason = "a Vec takes every byte")]
pub fn render(title: &str, feeds: &[Listed]) -> Vec<u8> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    write(&mut writer, title, feeds).expect("a Vec takes every byte");
    let mut document = writer.into_inner();
    document.push(b'\n');
    document
}

/// Lines for newsboat's `urls` file: address, tags (the blog, the labels of the category, the tag or the author), title.
pub fn newsboat(feeds: &[Listed]) -> String {
    let mut lines = String::new();
    for source in feeds.chunk_by(|one, next| one.source == next.source) {
        for feed in source {
            let Some(url) = url(feed) else { continue };
            lines.push_str(&url);
            // A merged feed is of no one blog.
            let blog = feed.source.is_some().then(|| clean::line(&feed.source_title));
            let label = feed.tag.as_deref().or(feed.author.as_deref()).map(clean::line);
            for tag in blog.into_iter().chain(labels(feed, source)).chain(label) {
                lines.push_str(&quoted("", &tag));
            }
            lines.push_str(&quoted("~", &clean::line(&feed.title)));
            lines.push('\n');
        }
    }
    lines
}

/// A tag in quotes. Newsboat gives a meaning to `~` and `!` where a tag begins.
fn quoted(mark: &str, tag: &str) -> String {
    let tag = tag.trim_start_matches(['~', '!', ' ']).replace('\\', "\\\\").replace('"', "\\\"").replace('`', "'");
    if tag.is_empty() { String::new() } else { format!(" \"{mark}{tag}\"") }
}

/// Atom where it is served, since it alone tells of edits in XML; else the first format.
fn url(feed: &Listed) -> Option<String> {
    let atom = feed.urls.iter().find(|(format, _)| *format == Format::Atom);
    atom.or(feed.urls.first()).and_then(|(_, url)| link::url(url))
}

fn write(writer: &mut Writer<Vec<u8>>, title: &str, feeds: &[Listed]) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    writer.write_event(Event::Start(BytesStart::new("opml").with_attributes([("version", "2.0")])))?;
    writer.write_event(Event::Start(BytesStart::new("head")))?;
    writer.write_event(Event::Start(BytesStart::new("title")))?;
    writer.write_event(Event::Text(BytesText::new(&clean::line(title))))?;
    writer.write_event(Event::End(BytesEnd::new("title")))?;
    writer.write_event(Event::End(BytesEnd::new("head")))?;
    writer.write_event(Event::Start(BytesStart::new("body")))?;
    for source in feeds.chunk_by(|one, next| one.source == next.source) {
        if source[0].source.is_none() {
            // A merged feed belongs into no blog's folder.
            source.iter().try_for_each(|feed| leaf(writer, feed))?;
            continue;
        }
        open_folder(writer, &source[0].source_title)?;
        tree(writer, source, source)?;
        close_folder(writer)?;
    }
    writer.write_event(Event::End(BytesEnd::new("body")))?;
    writer.write_event(Event::End(BytesEnd::new("opml")))
}

/// Writes `feeds`, a run in the catalog's order, where what stands below a category follows it.
fn tree(writer: &mut Writer<Vec<u8>>, feeds: &[Listed], source: &[Listed]) -> io::Result<()> {
    let mut left = feeds;
    while let Some((first, rest)) = left.split_first() {
        let below = rest.iter().take_while(|feed| holds(first, feed)).count();
        let (children, others) = rest.split_at(below);
        if children.is_empty() {
            leaf(writer, first)?;
        } else {
            open_folder(writer, &label(first, source))?;
            leaf(writer, first)?;
            tree(writer, children, source)?;
            close_folder(writer)?;
        }
        left = others;
    }
    Ok(())
}

fn open_folder(writer: &mut Writer<Vec<u8>>, text: &str) -> io::Result<()> {
    // Nothing but a text: an outline with other attributes must have a type, which a folder has not.
    let text = clean::line(text);
    writer.write_event(Event::Start(BytesStart::new("outline").with_attributes([("text", text.as_str())])))
}

fn close_folder(writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
    writer.write_event(Event::End(BytesEnd::new("outline")))
}

fn leaf(writer: &mut Writer<Vec<u8>>, feed: &Listed) -> io::Result<()> {
    let Some(url) = url(feed) else { return Ok(()) };
    let title = clean::line(&feed.title);
    let mut outline = BytesStart::new("outline");
    outline.push_attribute(("type", "rss"));
    outline.push_attribute(("text", title.as_str()));
    outline.push_attribute(("title", title.as_str()));
    outline.push_attribute(("xmlUrl", url.as_str()));
    if let Some(home) = link::url(&feed.home_url) {
        outline.push_attribute(("htmlUrl", home.as_str()));
    }
    writer.write_event(Event::Empty(outline))
}

/// Whether `outer` is a category and `inner` stands below it.
fn holds(outer: &Listed, inner: &Listed) -> bool {
    let below = inner.path.as_str().strip_prefix(outer.path.as_str());
    outer.category.is_some() && inner.category.is_some() && below.is_some_and(|rest| rest.starts_with('/'))
}

/// The innermost label of a category, told by its parent's feed: a label may hold `/` itself.
fn label(feed: &Listed, source: &[Listed]) -> String {
    let category = feed.category.as_deref().unwrap_or_default();
    let parent = source.iter().filter(|outer| holds(outer, feed)).max_by_key(|outer| outer.path.as_str().len());
    let parent = parent.and_then(|outer| outer.category.as_deref());
    let label = parent.and_then(|outer| category.strip_prefix(outer)?.strip_prefix('/'));
    clean::line(label.unwrap_or(category))
}

/// The labels of a feed's category, outermost first.
fn labels(feed: &Listed, source: &[Listed]) -> Vec<String> {
    let mut chain: Vec<&Listed> = source.iter().filter(|outer| holds(outer, feed)).collect();
    chain.sort_by_key(|outer| outer.path.as_str().len());
    chain.extend(feed.category.is_some().then_some(feed));
    chain.into_iter().map(|category| label(category, source)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::feed::FeedPath;
    use crate::model::source::SourceId;

    fn listed(path: &str, category: Option<&str>, title: &str) -> Listed {
        let first = path.split('/').next().unwrap().trim_start_matches('_');
        let source = SourceId::try_from(first.to_owned()).unwrap();
        let url = |format: Format| format!("http://127.0.0.1:7878/feeds/{path}.{}", format.extension());
        Listed {
            source_title: format!("{source}'s \"blog\" & <more>\u{1}"),
            home_url: format!("https://{source}.tistory.com/"),
            source: (!path.starts_with("_merged/")).then_some(source),
            category: category.map(str::to_owned),
            uncategorized: path.ends_with("/_uncategorized"),
            tag: path.split_once("/_tag/").map(|(_, tag)| tag.to_owned()),
            author: path.split_once("/_author/").map(|(_, author)| author.to_owned()),
            path: FeedPath::from_text(path),
            title: title.to_owned(),
            posts: 1,
            updated: jiff::Timestamp::UNIX_EPOCH,
            urls: Format::ALL.map(|format| (format, url(format))).to_vec(),
        }
    }

    fn feeds() -> [Listed; 11] {
        [
            listed("slow", None, "느린 기록"),
            listed("slow/big-data", Some("Big/Data"), "Big/Data · 느린 기록"),
            listed("slow/big-data/kafka", Some("Big/Data/Kafka"), "Big/Data/Kafka · 느린 기록"),
            listed("slow/big-data/kafka/streams", Some("Big/Data/Kafka/Streams"), "Streams\u{b}"),
            listed("slow/여행", Some("여행"), "~여행 \\ `x`"),
            listed("slow/_uncategorized", None, "분류 없음 · 느린 기록"),
            listed("slow/_tag/go", None, "go · 느린 기록"),
            listed("slow/_author/jane", None, "jane · 느린 기록"),
            listed("fast", None, "fast"),
            listed("_merged/kafka", None, "Kafka"),
            listed("_merged/rust", None, "Rust"),
        ]
    }

    #[test]
    fn categories_are_folders_with_their_own_feed_in_them() {
        insta::assert_snapshot!(String::from_utf8(render("소식 & more\u{1}", &feeds())).unwrap());
    }

    #[test]
    fn newsboat_gets_a_line_a_feed() {
        insta::assert_snapshot!(newsboat(&feeds()));
    }
}
