//! Whether each element of a page stands in its tree where its tags stand, and the text of those that are kept.
//!
//! The tree builder (HTML standard, §13.2.6) opens, closes and moves elements by rules of its own where tags are
//! missing, cross, or stand where they may not. Here none of that is followed: a page on which any of these rules could
//! act is given up. What is left out then moves nothing that is kept, for each rule looks only at what is open.

use std::ops::Range;

use super::tags::{Tag, is_space};

/// What the tree builder sees in an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Html,
    Head,
    Body,
    /// Formatting that may not stand in itself.
    Once,
    Paragraph,
    Item,
    Definition,
    Heading,
    Form,
    Select,
    Option,
    Table,
    Rows,
    Row,
    Cell,
    Columns,
    Svg,
    /// Its end closes nothing else, and no paragraph without is closed from within.
    Scope,
    /// A list or another block that ends the look for an open item.
    Block,
    /// Never open.
    Void,
    /// Holds no tags.
    Raw,
    /// By rules that are not followed here.
    Refused,
    Other,
}

/// The element of that name, in small letters, and whether it closes a paragraph that is open.
fn sort(name: &[u8]) -> (Sort, bool) {
    match name {
        b"html" => (Sort::Html, false),
        b"head" => (Sort::Head, false),
        b"body" => (Sort::Body, false),
        b"a" | b"nobr" => (Sort::Once, false),
        b"p" => (Sort::Paragraph, true),
        b"li" => (Sort::Item, true),
        b"dd" | b"dt" => (Sort::Definition, true),
        b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => (Sort::Heading, true),
        b"form" => (Sort::Form, true),
        b"select" => (Sort::Select, false),
        b"option" | b"optgroup" => (Sort::Option, false),
        b"table" => (Sort::Table, true),
        b"tbody" | b"thead" | b"tfoot" => (Sort::Rows, false),
        b"tr" => (Sort::Row, false),
        b"td" | b"th" | b"caption" => (Sort::Cell, false),
        b"colgroup" => (Sort::Columns, false),
        b"svg" => (Sort::Svg, false),
        b"button" | b"object" => (Sort::Scope, false),
        b"article" | b"aside" | b"blockquote" | b"center" | b"details" | b"dl" | b"fieldset" | b"figcaption"
        | b"figure" | b"footer" | b"header" | b"main" | b"menu" | b"nav" | b"ol" | b"section" | b"ul" => {
            (Sort::Block, true)
        }
        b"address" | b"dialog" | b"div" | b"hgroup" | b"pre" | b"search" | b"summary" => (Sort::Other, true),
        b"hr" => (Sort::Void, true),
        b"area" | b"base" | b"basefont" | b"bgsound" | b"br" | b"col" | b"embed" | b"img" | b"input" | b"keygen"
        | b"link" | b"meta" | b"param" | b"source" | b"track" | b"wbr" => (Sort::Void, false),
        b"iframe" | b"noembed" | b"noframes" | b"noscript" | b"script" | b"style" | b"textarea" | b"title" => {
            (Sort::Raw, false)
        }
        b"applet" | b"dir" | b"frame" | b"frameset" | b"image" | b"listing" | b"marquee" | b"math" | b"plaintext"
        | b"rb" | b"rp" | b"rt" | b"rtc" | b"template" | b"xmp" => (Sort::Refused, false),
        _ => (Sort::Other, false),
    }
}

/// Elements that end an SVG when they stand in it (§13.2.6.5), and those in which HTML begins anew.
const LEAVES_SVG: &[&[u8]] = &[
    b"b",
    b"big",
    b"blockquote",
    b"body",
    b"br",
    b"center",
    b"code",
    b"dd",
    b"div",
    b"dl",
    b"dt",
    b"em",
    b"embed",
    b"font",
    b"foreignobject",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"head",
    b"hr",
    b"i",
    b"img",
    b"li",
    b"listing",
    b"math",
    b"menu",
    b"meta",
    b"nobr",
    b"ol",
    b"p",
    b"pre",
    b"ruby",
    b"s",
    b"small",
    b"span",
    b"strike",
    b"strong",
    b"sub",
    b"sup",
    b"svg",
    b"table",
    b"tt",
    b"u",
    b"ul",
    b"var",
];

/// What may stand in the head, without what is void.
const IN_HEAD: &[&[u8]] = &[b"title", b"script", b"style", b"noscript", b"noframes"];

/// Void elements that may stand in the head.
const VOID_IN_HEAD: &[&[u8]] = &[b"base", b"basefont", b"bgsound", b"link", b"meta"];

/// A page with longer names in capital letters is read whole.
const LONGEST_NAME: usize = 48;

/// Which part of the document is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    BeforeHtml,
    BeforeHead,
    Head,
    BehindHead,
    Body,
}

/// An element that is open.
#[derive(Debug)]
struct Open {
    name: Range<usize>,
    tag: Range<usize>,
    sort: Sort,
    /// Whether its start tag was taken over.
    is_shown: bool,
    /// Whether it is a post of which a part is kept.
    is_post: bool,
}

/// How much of an element is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// Nothing, if nothing within it is.
    Nothing,
    /// Itself, and within it what is asked of a post.
    Post,
    /// All of it.
    Whole,
}

/// The open elements, and what is kept.
#[derive(Debug)]
pub(super) struct Nest<'a> {
    html: &'a str,
    deepest: usize,
    part: Part,
    open: Vec<Open>,
    /// The open element that is kept whole: where it stands in `open`.
    keeping: Option<usize>,
    /// Whether an SVG is open: where it stands in `open`.
    svg: Option<usize>,
    /// Posts that are open.
    posts: usize,
    kept: String,
}

impl<'a> Nest<'a> {
    /// Nothing is open yet.
    pub(super) fn new(html: &'a str, deepest: usize) -> Self {
        let kept = String::with_capacity(html.len() / 4);
        let (part, open) = (Part::BeforeHtml, Vec::with_capacity(32));
        Self { html, deepest, part, open, keeping: None, svg: None, posts: 0, kept }
    }

    /// Whether the head has ended.
    pub(super) fn is_behind_head(&self) -> bool {
        matches!(self.part, Part::BehindHead | Part::Body)
    }

    /// The type of the document, which stands before all elements.
    pub(super) fn doctype(&mut self, at: Range<usize>) -> Option<()> {
        if self.part != Part::BeforeHtml || !self.kept.is_empty() {
            return None;
        }
        self.kept.push_str(&self.html[at]);
        Some(())
    }

    /// Text: where none may stand, only white space.
    pub(super) fn text(&self, at: Range<usize>) -> Option<()> {
        let holds_text =
            self.part == Part::Body && !matches!(self.top(), Sort::Table | Sort::Rows | Sort::Row | Sort::Columns);
        (holds_text || self.html.as_bytes()[at].iter().copied().all(is_space)).then_some(())
    }

    /// A start tag; `keep` tells of a name in small letters, and of whether it stands in a post, how much of the element is
    /// kept. Whether it is one that holds no tags.
    pub(super) fn open(&mut self, tag: &Tag, keep: impl FnOnce(&[u8], bool) -> Keep) -> Option<bool> {
        let mut name = self.html[tag.name()].as_bytes();
        let mut buffer = [0; LONGEST_NAME];
        if name.iter().any(u8::is_ascii_uppercase) {
            let small = buffer.get_mut(..name.len())?;
            small.copy_from_slice(name);
            small.make_ascii_lowercase();
            name = small;
        }
        if self.svg.is_some() {
            return self.open_in_svg(tag, name, keep);
        }
        let (sort, closes_paragraph) = sort(name);
        let expected = match self.part {
            Part::BeforeHtml => Some((Sort::Html, Part::BeforeHead)),
            Part::BeforeHead => Some((Sort::Head, Part::Head)),
            Part::BehindHead => Some((Sort::Body, Part::Body)),
            Part::Head | Part::Body => None,
        };
        if let Some((expected, part)) = expected {
            if sort != expected {
                return None;
            }
            self.part = part;
            self.kept.push_str(&self.html[tag.all()]);
            self.push(tag, sort, true)?;
            return Some(false);
        }
        let fits = match self.part {
            Part::Head => IN_HEAD.contains(&name) || VOID_IN_HEAD.contains(&name),
            _ => self.fits(name, sort, closes_paragraph),
        };
        if !fits {
            return None;
        }
        if sort == Sort::Void {
            if self.keeping.is_none() && keep(name, self.posts > 0) != Keep::Nothing {
                self.show(tag.all());
            }
            return Some(false);
        }
        let in_post = self.posts > 0;
        self.push_kept(tag, sort, || keep(name, in_post))?;
        if sort == Sort::Svg {
            if tag.closes_itself {
                self.pop(tag.all().end);
            } else {
                self.svg = Some(self.open.len() - 1);
            }
        }
        Some(sort == Sort::Raw)
    }

    /// Within SVG elements close themselves where they say so, and every name is one of its own.
    fn open_in_svg(&mut self, tag: &Tag, name: &[u8], keep: impl FnOnce(&[u8], bool) -> Keep) -> Option<bool> {
        let in_text = self.open.last().is_some_and(|open| {
            let name = &self.html[open.name.clone()];
            name.eq_ignore_ascii_case("title") || name.eq_ignore_ascii_case("desc")
        });
        if in_text || LEAVES_SVG.contains(&name) {
            return None;
        }
        let in_post = self.posts > 0;
        self.push_kept(tag, Sort::Other, || keep(name, in_post))?;
        if tag.closes_itself {
            self.pop(tag.all().end);
        }
        Some(false)
    }

    /// An end tag: that of the innermost open element, or one that ends the document.
    pub(super) fn close(&mut self, tag: &Tag) -> Option<()> {
        let name = &self.html[tag.name()];
        if name.eq_ignore_ascii_case("body") || name.eq_ignore_ascii_case("html") {
            return (self.part == Part::Body && self.open.len() == 2).then_some(());
        }
        let top = self.open.last()?;
        if !self.html[top.name.clone()].eq_ignore_ascii_case(name) {
            return None;
        }
        if top.sort == Sort::Head {
            self.part = Part::BehindHead;
        }
        self.pop(tag.all().end);
        Some(())
    }

    /// What was kept, where the document came to its end.
    pub(super) fn finish(self) -> Option<String> {
        (self.part == Part::Body && self.open.len() == 2).then_some(self.kept)
    }

    /// Whether the element may be opened here without moving or closing another.
    fn fits(&self, name: &[u8], sort: Sort, closes_paragraph: bool) -> bool {
        let top = self.top();
        let in_rows = match top {
            Sort::Table => matches!(sort, Sort::Rows | Sort::Row | Sort::Columns) || name == b"caption",
            Sort::Rows => sort == Sort::Row,
            Sort::Row => sort == Sort::Cell && name != b"caption",
            Sort::Columns => return name == b"col",
            _ => !matches!(sort, Sort::Rows | Sort::Row | Sort::Cell | Sort::Columns) && name != b"col",
        };
        let is_let_in = matches!(top, Sort::Table | Sort::Rows | Sort::Row) && matches!(name, b"script" | b"style");
        if !in_rows && !is_let_in {
            return false;
        }
        if matches!(top, Sort::Select | Sort::Option) != (sort == Sort::Option) {
            return false;
        }
        let no_other = |wanted: Sort| self.open.iter().all(|open| open.sort != wanted);
        let fits = match sort {
            Sort::Html | Sort::Head | Sort::Body | Sort::Refused => false,
            // It moves links that stand before it.
            Sort::Void if name == b"base" => false,
            Sort::Form => no_other(Sort::Form),
            Sort::Once => !self.open.iter().any(|open| {
                open.sort == Sort::Once && self.html.as_bytes()[open.name.clone()].eq_ignore_ascii_case(name)
            }),
            Sort::Scope if name == b"button" => {
                !self.open.iter().any(|open| self.html.as_bytes()[open.name.clone()].eq_ignore_ascii_case(b"button"))
            }
            Sort::Heading => top != Sort::Heading,
            Sort::Item | Sort::Definition => self.has_no_open(sort),
            // An option in an option closes it.
            Sort::Option => top == Sort::Select || name == b"option" && self.is_named(b"optgroup"),
            _ => true,
        };
        fits && !(closes_paragraph && self.has_paragraph())
    }

    /// Whether no item is open that another one would close.
    fn has_no_open(&self, item: Sort) -> bool {
        for open in self.open.iter().rev() {
            match open.sort {
                sort if sort == item => return false,
                Sort::Block | Sort::Cell | Sort::Body | Sort::Item | Sort::Definition => return true,
                _ => {}
            }
        }
        true
    }

    /// Whether a paragraph is open that a block would close.
    fn has_paragraph(&self) -> bool {
        for open in self.open.iter().rev() {
            match open.sort {
                Sort::Paragraph => return true,
                Sort::Scope | Sort::Cell | Sort::Table => return false,
                _ => {}
            }
        }
        false
    }

    fn is_named(&self, name: &[u8]) -> bool {
        let top = self.open.last().map(|open| self.html.as_bytes()[open.name.clone()].eq_ignore_ascii_case(name));
        top == Some(true)
    }

    fn top(&self) -> Sort {
        self.open.last().map_or(Sort::Other, |open| open.sort)
    }

    fn push_kept(&mut self, tag: &Tag, sort: Sort, keep: impl FnOnce() -> Keep) -> Option<()> {
        let keep = if self.keeping.is_none() { keep() } else { Keep::Nothing };
        match keep {
            // Its text is nothing to its recipe.
            Keep::Post if sort != Sort::Raw => {
                self.posts += 1;
                self.show(tag.all());
                self.push(tag, sort, true)?;
                self.open.last_mut()?.is_post = true;
                return Some(());
            }
            Keep::Whole | Keep::Post => self.keeping = Some(self.open.len()),
            Keep::Nothing => {}
        }
        self.push(tag, sort, false)
    }

    fn push(&mut self, tag: &Tag, sort: Sort, is_shown: bool) -> Option<()> {
        self.open.push(Open { name: tag.name(), tag: tag.all(), sort, is_shown, is_post: false });
        (self.open.len() < self.deepest).then_some(())
    }

    /// Closes the innermost element, whose end tag ends at `end`.
    fn pop(&mut self, end: usize) {
        let Some(closed) = self.open.pop() else { return };
        self.posts -= usize::from(closed.is_post);
        if self.svg == Some(self.open.len()) {
            self.svg = None;
        }
        if self.keeping == Some(self.open.len()) {
            self.keeping = None;
            self.show(closed.tag.start..end);
        } else if closed.is_shown {
            self.kept.push_str("</");
            self.kept.push_str(&self.html[closed.name]);
            self.kept.push('>');
        }
    }

    /// Takes a whole element over, within the elements that it stands in.
    fn show(&mut self, element: Range<usize>) {
        for open in self.open.iter_mut().filter(|open| !open.is_shown) {
            open.is_shown = true;
            self.kept.push_str(&self.html[open.tag.clone()]);
        }
        self.kept.push_str(&self.html[element]);
    }
}
