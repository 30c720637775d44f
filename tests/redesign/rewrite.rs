//! Redesigns of a page: the same posts under other names, in other elements, in another order, beside other boxes.
//!
//! Where a post's element begins is told by the posts' addresses, not by what the detector thinks.

use std::collections::{HashMap, HashSet};

use ego_tree::{NodeId, NodeRef};
use scraper::{ElementRef, Html, Node};
use url::Url;

use crate::case::key;

/// What changes about a page.
#[expect(clippy::struct_excessive_bools, reason = "each is a change of its own, and they may come together")]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Redesign {
    /// What it is called in the table.
    pub(crate) name: &'static str,
    /// Classes and ids say something else.
    rename: bool,
    /// Classes and ids are gone.
    strip: bool,
    /// There are more boxes around everything.
    wrap: bool,
    /// Other elements mean the same.
    retag: bool,
    /// What a post shows stands in the opposite order.
    reorder: bool,
    /// Nothing is marked up for machines: no `time`, no `datetime`, no microdata, no data in scripts.
    untold: bool,
    /// Lists of other things stand before and behind.
    boxed: bool,
}

/// The page as it is.
pub(crate) const SAME: Redesign = Redesign {
    name: "same",
    rename: false,
    strip: false,
    wrap: false,
    retag: false,
    reorder: false,
    untold: false,
    boxed: false,
};

/// All redesigns.
pub(crate) const REDESIGNS: [Redesign; 8] = [
    Redesign { name: "renamed", rename: true, ..SAME },
    Redesign { name: "wrapped", rename: true, wrap: true, ..SAME },
    Redesign { name: "other elements", rename: true, retag: true, ..SAME },
    Redesign { name: "reordered", rename: true, reorder: true, ..SAME },
    Redesign { name: "untold", rename: true, untold: true, ..SAME },
    Redesign { name: "boxes around", rename: true, boxed: true, ..SAME },
    Redesign { name: "classes gone", strip: true, untold: true, ..SAME },
    Redesign {
        name: "all at once",
        rename: true,
        wrap: true,
        retag: true,
        reorder: true,
        untold: true,
        boxed: true,
        strip: false,
    },
];

/// A page that can be redesigned.
pub(crate) struct Original {
    document: Html,
    /// The outermost element of each post, by the post's number, in the order of the page.
    roots: Vec<(usize, NodeId)>,
    /// The same in boxes beside the list.
    again: Vec<(usize, NodeId)>,
}

impl Original {
    /// Looks where on a page the posts of these addresses stand.
    pub(crate) fn read(html: &str, page: &Url, posts: &[Url]) -> Self {
        let document = Html::parse_document(html);
        let numbers: HashMap<String, usize> =
            posts.iter().enumerate().map(|(number, post)| (key(post), number)).collect();
        let leads = |link: ElementRef<'_>| numbers.get(&key(&page.join(link.attr("href")?.trim()).ok()?)).copied();
        let links: Vec<(ElementRef<'_>, usize)> = document
            .root_element()
            .descendent_elements()
            .filter(|element| element.value().name() == "a")
            .filter_map(|link| Some((link, leads(link)?)))
            .collect();
        // How many different posts an element leads to.
        let mut within: HashMap<NodeId, HashSet<usize>> = HashMap::new();
        for (link, number) in &links {
            within.entry(link.id()).or_default().insert(*number);
            for above in link.ancestors() {
                within.entry(above.id()).or_default().insert(*number);
            }
        }
        // By the post's number: the size of the element, its place, itself.
        let mut roots: HashMap<usize, (usize, usize, NodeId)> = HashMap::new();
        for (place, (link, number)) in links.iter().enumerate() {
            let above = std::iter::once(**link).chain(link.ancestors());
            let root = above.take_while(|node| within[&node.id()].len() == 1).filter_map(ElementRef::wrap).last();
            let Some(root) = root else { continue };
            let size = root.text().map(str::len).sum::<usize>();
            let best = roots.entry(*number).or_insert((size, place, root.id()));
            // The box beside the list shows less of a post than the list does.
            if size > best.0 {
                *best = (size, place, root.id());
            }
        }
        // What is said of a post elsewhere: the line around its link, with no other link in it.
        let again = links.iter().filter_map(|(link, number)| {
            let lone = |node: &NodeRef<'_, Node>| {
                let links = node.descendants().filter_map(ElementRef::wrap).filter(|below| below.value().name() == "a");
                links.take(2).count() == 1
            };
            let above = std::iter::once(**link).chain(link.ancestors());
            let line = above.take_while(lone).filter_map(ElementRef::wrap).last()?;
            Some((*number, line.id()))
        });
        let again = again.chain(roots.iter().map(|(number, (.., root))| (*number, *root))).collect();
        let mut roots: Vec<(usize, usize, NodeId)> =
            roots.into_iter().map(|(number, (_, place, root))| (place, number, root)).collect();
        roots.sort_by_key(|(place, ..)| *place);
        Self { roots: roots.into_iter().map(|(_, number, root)| (number, root)).collect(), again, document }
    }

    /// The numbers of the posts that were found, in the order of the page.
    pub(crate) fn order(&self) -> Vec<usize> {
        self.roots.iter().map(|(number, _)| *number).collect()
    }

    fn root(&self, number: usize) -> Option<NodeId> {
        self.roots.iter().find(|(its, _)| *its == number).map(|(_, root)| *root)
    }

    /// Whether a post stands in an element that holds all of it, so that it can be taken away.
    pub(crate) fn can_lack(&self, number: usize) -> bool {
        let element = |id: NodeId| self.document.tree.get(id).and_then(ElementRef::wrap);
        let look = |root: ElementRef<'_>| (root.value().name().to_owned(), root.attr("class").map(str::to_owned));
        let others = self.roots.iter().filter(|(other, _)| *other != number).filter_map(|(_, root)| element(*root));
        let root = self.root(number).and_then(element);
        root.is_some_and(|root| {
            let part = matches!(root.value().name(), "a" | "h1" | "h2" | "h3" | "h4" | "dt" | "dd" | "span");
            // A hero that stands above the list is never missing: the next post takes its place.
            !part && others.into_iter().any(|other| look(other) == look(root))
        })
    }

    /// The page redesigned, without some of its posts.
    pub(crate) fn page(&self, redesign: Redesign, lacks: &[usize]) -> String {
        let roots = self.roots.iter().map(|(_, root)| *root).collect();
        let gone = self.again.iter().filter(|(number, _)| lacks.contains(number)).map(|(_, root)| *root).collect();
        let mut writer = Writer { redesign, roots, gone, page: "<!doctype html>".to_owned() };
        writer.write(self.document.root_element());
        writer.page
    }

    /// The page without any post.
    pub(crate) fn empty(&self) -> String {
        self.page(SAME, &self.order())
    }
}

struct Writer {
    redesign: Redesign,
    roots: HashSet<NodeId>,
    gone: HashSet<NodeId>,
    page: String,
}

const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

impl Writer {
    fn write(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        if self.gone.contains(&element.id()) || (self.redesign.untold && is_data(element)) {
            return;
        }
        let tag = self.tag(name);
        self.page.extend(["<", tag]);
        for (key, value) in element.value().attrs() {
            if let Some(value) = self.attribute(name, key, value) {
                self.page.extend([" ", key, "=\"", &value.replace('&', "&amp;").replace('"', "&quot;"), "\""]);
            }
        }
        self.page.push('>');
        if VOID.contains(&name) {
            return;
        }
        let wrapped = self.redesign.wrap && matches!(name, "body" | "article" | "li" | "section" | "a" | "td");
        let boxed = self.redesign.boxed && name == "body";
        let (open, close) = match name {
            "a" => ("<span>", "</span>"),
            "body" => ("<div class=\"q\"><div><div class=\"q2\">", "</div></div></div>"),
            _ => ("<div><div>", "</div></div>"),
        };
        if wrapped {
            self.page.push_str(open);
        }
        if boxed {
            self.page.push_str(NEWS);
        }
        let raw = matches!(name, "script" | "style" | "noscript" | "template");
        let mut children: Vec<_> = element.children().collect();
        if self.redesign.reorder && self.is_inside_out(element) {
            children.reverse();
        }
        for child in children {
            match child.value() {
                Node::Element(_) => self.write(ElementRef::wrap(child).expect("an element")),
                Node::Text(text) if raw => self.page.push_str(text),
                Node::Text(text) => self.page.push_str(&text.replace('&', "&amp;").replace('<', "&lt;")),
                _ => {}
            }
        }
        if boxed {
            self.page.push_str(SHOP);
        }
        if wrapped {
            self.page.push_str(close);
        }
        self.page.extend(["</", tag, ">"]);
    }

    /// Whether the parts of a post are the children of this element: the first below its root that has several.
    fn is_inside_out(&self, element: ElementRef<'_>) -> bool {
        let several = |element: ElementRef<'_>| element.child_elements().count() > 1;
        let mut above = Some(element);
        while let Some(now) = above {
            if self.roots.contains(&now.id()) {
                return several(element);
            }
            above = now.parent().and_then(ElementRef::wrap).filter(|parent| !several(*parent));
        }
        false
    }

    fn tag<'n>(&self, name: &'n str) -> &'n str {
        match name {
            "time" if self.redesign.untold => "span",
            _ if !self.redesign.retag => name,
            "article" => "section",
            "section" | "li" | "ul" | "ol" | "p" => "div",
            "h1" | "h2" => "h3",
            "h3" | "h4" => "h2",
            "em" | "small" => "span",
            _ => name,
        }
    }

    fn attribute(&self, element: &str, key: &str, value: &str) -> Option<String> {
        match key {
            "class" | "id" if self.redesign.strip => None,
            "class" | "id" if self.redesign.rename => {
                Some(value.split_whitespace().map(nonsense).collect::<Vec<_>>().join(" "))
            }
            "datetime" | "role" | "aria-label" if self.redesign.untold => None,
            "rel" if self.redesign.untold && element == "a" => None,
            _ if self.redesign.untold && (key.starts_with("item") || key.starts_with("data-")) => None,
            _ => Some(value.to_owned()),
        }
    }
}

/// Whether an element holds data for machines.
fn is_data(element: ElementRef<'_>) -> bool {
    element.value().name() == "script" && element.attr("type").is_some_and(|kind| kind.contains("json"))
}

/// A name that says nothing, the same for the same name: as style compilers make them.
fn nonsense(name: &str) -> String {
    let sum = name.bytes().fold(0x9ce4_84d1_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let letters = b"abcdefghjkmnpqrstuvwxyz";
    let letter = |at: u32| char::from(letters[(sum.rotate_left(7 * at) % 23) as usize]);
    format!("y{}{}{}{}{}", letter(0), letter(1), letter(2), letter(3), sum % 10)
}

/// A box of other news, without a date.
const NEWS: &str = r#"<div class="k1"><div>Latest from the shop</div><ul>
<li><a href="/shop-news/ten-chairs-compared/">Ten chairs compared</a></li>
<li><a href="/shop-news/how-we-oil-wood/">How we oil wood</a></li>
<li><a href="/shop-news/visit-us-in-spring/">Visit us in spring</a></li>
<li><a href="/shop-news/a-lamp-for-reading/">A lamp for reading</a></li></ul></div>"#;

/// Products, with pictures and headings.
const SHOP: &str = r#"<div class="k2">
<div><a href="/shop/linen-lamp"><img src="/i.jpg" alt="Linen Lamp"></a><h3><a href="/shop/linen-lamp">Linen Lamp</a></h3><p>A fine lamp for your home, made by hand.</p><span>$49.00</span></div>
<div><a href="/shop/walnut-shelf"><img src="/i.jpg" alt="Walnut Shelf"></a><h3><a href="/shop/walnut-shelf">Walnut Shelf</a></h3><p>A fine shelf for your home, made by hand.</p><span>$99.00</span></div>
<div><a href="/shop/felt-rug"><img src="/i.jpg" alt="Felt Rug"></a><h3><a href="/shop/felt-rug">Felt Rug</a></h3><p>A fine rug for your home, made by hand.</p><span>$79.00</span></div>
<div><a href="/shop/oak-stool"><img src="/i.jpg" alt="Oak Stool"></a><h3><a href="/shop/oak-stool">Oak Stool</a></h3><p>A fine stool for your home, made by hand.</p><span>$59.00</span></div></div>"#;
