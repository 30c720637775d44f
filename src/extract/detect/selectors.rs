//! Selectors that are learned: tags, classes and what kind of list a link leads to, never places.
//!
//! A learned selector is a few steps of a tag and classes. It is tried on the page's tables before it is written
//! as CSS, so that what is learned is what was seen to fit. Its words are those of the page: none is copied.

use std::collections::HashMap;

use super::links::taxonomy_folder;
use super::page::Page;
use super::survey::kinds;
use crate::extract::quick::Guarded;

/// One step: a tag, classes, an id or a mark that it bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct Step<'a> {
    tag: &'a str,
    /// Empty ones behind the last.
    classes: [&'a str; MOST_KINDS],
    id: Option<&'a str>,
    mark: Option<(&'static str, &'a str)>,
    /// A folder of its address: `a[href*="/tag/"]`.
    folder: Option<&'a str>,
    /// Whether it has no class, where its neighbours have: `p:not([class])`.
    bare: bool,
    /// Whether it stands directly below the step before.
    child: bool,
}

/// Steps from the outside in; the last is what is selected.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Path<'a> {
    steps: Vec<Step<'a>>,
    /// Whether the first step stands directly below the scope.
    scoped: bool,
    /// What must stand below it, step by step: `:has(> p.title > a)`.
    has: Vec<Step<'a>>,
}

/// How often each path was named.
pub(super) type Votes<'a> = HashMap<Path<'a>, usize, Guarded>;

/// Most selectors that are tried for one field.
pub(super) const MOST_CANDIDATES: usize = 24;

/// Classes of an element that are named at most: as many as [`kinds`] gives.
const MOST_KINDS: usize = 3;

/// Attributes whose value tells what an element is.
const MARKS: &[&str] = &["itemprop", "rel"];

impl<'a> Step<'a> {
    fn tag(page: &Page<'a>, at: usize) -> Self {
        Self { tag: page.elements[at].name, ..Self::default() }
    }

    /// Whether it is the same, told faster of one element, whose words stand in one place.
    fn is(&self, other: &Self) -> bool {
        let same = |one: &str, other: &str| std::ptr::eq(one, other) || one == other;
        let rest = |step: &Self| (step.bare, step.child, step.mark, step.folder, step.id);
        same(self.tag, other.tag)
            && self.classes.iter().zip(other.classes).all(|(one, other)| same(one, other))
            && rest(self) == rest(other)
    }

    fn classes(&self) -> impl Iterator<Item = &'a str> {
        self.classes.into_iter().take_while(|class| !class.is_empty())
    }

    fn matches(&self, page: &Page<'_>, at: usize) -> bool {
        let element = &page.elements[at];
        (self.tag.is_empty() || element.name == self.tag)
            && self.classes().all(|class| element.class.split_ascii_whitespace().any(|token| token == class))
            && self.id.is_none_or(|id| element.id == Some(id))
            && self.mark.is_none_or(|(name, value)| page.attribute(at, name) == Some(value))
            && self.folder.is_none_or(|folder| element.href.is_some_and(|href| href.contains(folder)))
            && (!self.bare || (element.class.is_empty() && page.attribute(at, "class").is_none()))
    }

    fn css(&self) -> String {
        let mut css = self.tag.to_owned();
        if let Some(id) = self.id {
            css.push('#');
            css.push_str(&escaped(id));
        }
        for class in self.classes() {
            css.push('.');
            css.push_str(&escaped(class));
        }
        if let Some((name, value)) = self.mark {
            css.extend(["[", name, "=\"", &value.replace(['"', '\\'], ""), "\"]"]);
        }
        if let Some(folder) = self.folder {
            css.extend(["[href*=\"", folder, "\"]"]);
        }
        if self.bare {
            css.push_str(":not([class])");
        }
        css
    }

    /// How much it says: a class more than a tag.
    fn weight(&self) -> usize {
        2 * self.classes().count()
            + usize::from(self.id.is_some())
            + 2 * usize::from(self.mark.is_some() || self.folder.is_some())
    }
}

/// A name as CSS writes it: `md:flex` and `w-1/2` hold signs of their own.
fn escaped(name: &str) -> String {
    let mut css = String::new();
    for (at, letter) in name.chars().enumerate() {
        let plain = letter.is_alphabetic()
            || matches!(letter, '_')
            || (at > 0 && (letter.is_ascii_digit() || letter == '-'))
            || (letter == '-' && name.len() > 1);
        if !plain {
            css.push('\\');
        }
        css.push(letter);
    }
    css
}

impl<'a> Path<'a> {
    fn of(steps: Vec<Step<'a>>) -> Self {
        Self { steps, scoped: false, has: Vec::new() }
    }

    /// Whether it is the same: see [`Step::is`].
    fn is(&self, other: &Self) -> bool {
        let same = |one: &[Step<'_>], other: &[Step<'_>]| {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.is(other))
        };
        self.scoped == other.scoped && same(&self.steps, &other.steps) && same(&self.has, &other.has)
    }

    /// The path as CSS.
    pub(super) fn css(&self) -> String {
        let mut css = if self.scoped { ":scope > ".to_owned() } else { String::new() };
        for (at, step) in self.steps.iter().enumerate() {
            if at > 0 {
                css.push_str(if step.child { " > " } else { " " });
            }
            css.push_str(&step.css());
        }
        if !self.has.is_empty() {
            css.push_str(":has(");
            for (at, step) in self.has.iter().enumerate() {
                css.push_str(if at == 0 { "> " } else { " > " });
                css.push_str(&step.css());
            }
            css.push(')');
        }
        css
    }

    /// Whether it names tags and nothing else.
    pub(super) fn is_bare(&self) -> bool {
        self.steps.iter().all(|step| step.weight() == 0)
    }

    /// How simple it is: fewer steps first, then those that say more.
    pub(super) fn effort(&self) -> (usize, std::cmp::Reverse<usize>) {
        let bare = self.steps.last().is_some_and(|step| step.weight() == 0);
        (
            self.steps.len() + usize::from(self.scoped) + usize::from(bare),
            std::cmp::Reverse(self.steps.iter().map(Step::weight).sum()),
        )
    }

    /// Whether an element is meant, within a scope (which its outer steps may leave where nothing is scoped).
    pub(super) fn matches(&self, page: &Page<'_>, scope: Option<usize>, at: usize) -> bool {
        let Some((last, outer)) = self.steps.split_last() else { return false };
        last.matches(page, at) && self.outer_match(page, scope, at, outer, last.child) && holds(page, at, &self.has)
    }

    fn outer_match(&self, page: &Page<'_>, scope: Option<usize>, at: usize, outer: &[Step<'_>], child: bool) -> bool {
        let Some((last, rest)) = outer.split_last() else {
            return !self.scoped || scope == Some(page.elements[at].parent);
        };
        let mut above = at;
        while above > 0 {
            above = page.elements[above].parent;
            if last.matches(page, above) && self.outer_match(page, scope, above, rest, last.child) {
                return true;
            }
            if child {
                return false;
            }
        }
        false
    }
}

/// Whether a chain of children stands below an element.
fn holds(page: &Page<'_>, at: usize, chain: &[Step<'_>]) -> bool {
    let Some((first, rest)) = chain.split_first() else { return true };
    page.children(at).any(|child| first.matches(page, child) && holds(page, child, rest))
}

/// The paths to a post's root once more, told by the chain of elements that leads from it to its link.
pub(super) fn anywhere_with<'a>(page: &Page<'a>, root: usize, link: usize) -> Vec<Path<'a>> {
    let mut chain: Vec<Step<'a>> =
        page.upwards(link).take_while(|&at| at > root).map(|at| named_step(page, at)).collect();
    chain.reverse();
    if chain.is_empty() || chain.len() > 5 {
        return Vec::new();
    }
    anywhere(page, root).into_iter().map(|path| Path { has: chain.clone(), ..path }).collect()
}

/// The ways to name one element by itself.
fn own_steps<'a>(page: &Page<'a>, at: usize) -> Vec<Step<'a>> {
    let tag = Step::tag(page, at);
    let mut classes = [""; MOST_KINDS];
    classes.iter_mut().zip(kinds(page.elements[at].class)).for_each(|(class, kind)| *class = kind);
    let all = Step { classes, ..tag };
    let mut steps: Vec<Step<'a>> = all
        .classes()
        .map(|class| Step { classes: std::array::from_fn(|at| if at == 0 { class } else { "" }), ..tag })
        .collect();
    if steps.len() > 1 {
        steps.push(all);
    }
    for &name in MARKS {
        if let Some(value) = page.attribute(at, name).filter(|value| !value.is_empty() && value.len() < 40) {
            steps.push(Step { mark: Some((name, value)), ..tag });
        }
    }
    if let Some(folder) = own_folder(page, at) {
        steps.push(Step { folder: Some(folder), ..tag });
    }
    if matches!(tag.tag, "p" | "span" | "div" | "a") && page.attribute(at, "class").is_none() {
        steps.push(Step { bare: true, ..tag });
    }
    steps.push(tag);
    steps
}

/// The folder of lists to which a link leads.
fn own_folder<'a>(page: &Page<'a>, at: usize) -> Option<&'a str> {
    let href = page.elements[at].href.filter(|_| page.elements[at].name == "a")?;
    taxonomy_folder(href).filter(|folder| !folder.contains(['"', '\\']))
}

/// Whether [`own_steps`] are the same of two elements, as of those that stand in one place of two posts.
fn have_same_steps(page: &Page<'_>, one: usize, other: usize) -> bool {
    let (first, second) = (&page.elements[one], &page.elements[other]);
    let same = |name: &str| page.attribute(one, name) == page.attribute(other, name);
    // Those of one kind have the same tag and class.
    first.kind == second.kind
        && (!first.class.is_empty() || same("class"))
        && MARKS.iter().all(|mark| same(mark))
        && own_folder(page, one) == own_folder(page, other)
}

/// Whether [`within`] is the same of two elements, each with the root of its record.
fn have_same_paths(page: &Page<'_>, one: (usize, usize), other: (usize, usize)) -> bool {
    let depth = |(root, at): (usize, usize)| page.elements[at].depth - page.elements[root].depth;
    let chain =
        |(root, at): (usize, usize)| page.upwards(at).take_while(move |&above| above == at || above > root).take(6);
    depth(one) == depth(other)
        && chain(one).count() == chain(other).count()
        && chain(one).zip(chain(other)).all(|(one, other)| have_same_steps(page, one, other))
}

/// How often each path leads from a root to the element that goes with it. The same paths are put together once.
pub(super) fn votes_within<'a>(page: &Page<'a>, places: impl IntoIterator<Item = (usize, usize)>) -> Votes<'a> {
    let mut kinds: Vec<((usize, usize), usize)> = Vec::new();
    for place in places {
        match kinds.iter_mut().find(|(known, _)| have_same_paths(page, *known, place)) {
            Some((_, count)) => *count += 1,
            None => kinds.push((place, 1)),
        }
    }
    let mut votes = Votes::default();
    for ((root, at), count) in kinds {
        for path in within(page, root, at) {
            *votes.entry(path).or_default() += count;
        }
    }
    votes
}

/// What names an element best: its first class, else its tag.
fn named_step<'a>(page: &Page<'a>, at: usize) -> Step<'a> {
    let first = own_steps(page, at).into_iter().find(|step| !step.bare && step.folder.is_none());
    first.unwrap_or_else(|| Step::tag(page, at))
}

/// Paths to an element within a record: by itself, below something with a class, by its chain of tags.
pub(super) fn within<'a>(page: &Page<'a>, root: usize, at: usize) -> Vec<Path<'a>> {
    let own = own_steps(page, at);
    let mut paths: Vec<Path<'a>> = own.iter().map(|step| Path::of(vec![*step])).collect();
    let between: Vec<usize> = page.upwards(at).skip(1).take_while(|&above| above > root).take(5).collect();
    for (height, &above) in between.iter().enumerate() {
        let steps = own_steps(page, above);
        for outer in steps.iter().take(3) {
            for inner in own.iter().take(2).chain(own.last()) {
                if height > 0 && outer.weight() == 0 {
                    continue;
                }
                paths.push(Path::of(vec![*outer, Step { child: height == 0, ..*inner }]));
            }
        }
    }
    // The chain of tags from the record down: the last resort where there are no classes.
    let mut chain: Vec<Step<'a>> =
        between.iter().rev().map(|&above| Step { child: true, ..named_step(page, above) }).collect();
    if page.elements[at].depth - page.elements[root].depth == chain.len() + 1 {
        chain.push(Step { child: true, ..named_step(page, at) });
        paths.push(Path { scoped: true, ..Path::of(chain) });
    }
    let tags: Vec<Step<'a>> =
        between.iter().rev().chain([&at]).map(|&above| Step { child: true, ..Step::tag(page, above) }).collect();
    if page.elements[at].depth - page.elements[root].depth == tags.len() {
        paths.push(Path { scoped: true, ..Path::of(tags) });
    }
    paths.dedup_by(|one, other| one.is(other));
    paths
}

/// Paths to an element of the page: by its classes, below or directly below what is around it.
pub(super) fn anywhere<'a>(page: &Page<'a>, at: usize) -> Vec<Path<'a>> {
    let own = own_steps(page, at);
    let mut paths: Vec<Path<'a>> = own.iter().map(|step| Path::of(vec![*step])).collect();
    for (height, above) in page.upwards(at).skip(1).take(6).enumerate() {
        let mut steps = own_steps(page, above);
        if let Some(id) = page.elements[above]
            .id
            .filter(|id| !id.is_empty() && !id.bytes().any(|byte| byte.is_ascii_digit()) && !id.contains(' '))
        {
            steps.insert(0, Step { id: Some(id), ..Step::tag(page, above) });
        }
        for outer in steps.iter().take(3) {
            if outer.weight() == 0 && outer.tag != "main" && height > 1 {
                continue;
            }
            for inner in own.iter().take(2).chain(own.last()) {
                paths.push(Path::of(vec![*outer, Step { child: height == 0, ..*inner }]));
                if height == 1 {
                    let middle = Step { child: true, ..Step::tag(page, page.elements[at].parent) };
                    paths.push(Path::of(vec![*outer, middle, Step { child: true, ..*inner }]));
                }
            }
        }
    }
    paths.dedup_by(|one, other| one.is(other));
    paths
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::{Html, Selector};

    #[test]
    fn what_matches_the_tables_matches_as_css() {
        let html = Html::parse_document(
            r#"<main id="list"><article class="post md:w-1/2"><h2 class="t"><a rel="bookmark" href="/a">A</a></h2><p><span>x</span></p><p class="meta"><a href="/tag/rust/">rust</a> <a href="/c/">c</a></p></article>
               <article class="post"><h2 class="t"><a href="/b">B</a></h2></article></main>"#,
        );
        let url = url::Url::parse("https://example.org/").unwrap();
        let page = Page::read(&html, &url);
        for root in (0..page.elements.len()).filter(|&at| page.elements[at].name == "article") {
            for at in root + 1..page.elements[root].end {
                for path in within(&page, root, at) {
                    let css = Selector::parse(&path.css()).unwrap_or_else(|error| panic!("{}: {error}", path.css()));
                    let ours: Vec<_> = (root + 1..page.elements[root].end)
                        .filter(|&at| path.matches(&page, Some(root), at))
                        .map(|at| page.elements[at].node.id())
                        .collect();
                    let theirs: Vec<_> = page.elements[root].node.select(&css).map(|node| node.id()).collect();
                    assert_eq!(ours, theirs, "{}", path.css());
                    assert!(ours.contains(&page.elements[at].node.id()), "{}", path.css());
                }
            }
        }
    }
}
