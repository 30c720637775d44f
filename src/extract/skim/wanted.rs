//! What a recipe asks of a page, as far as the text of a start tag tells.
//!
//! A recipe can be read from a part of the page where each of its selectors looks only at an element and at what that
//! stands in: types, classes, ids, attributes, `A B` and `A > B`. What is told of an element here may be told of too
//! many, never of too few: the tree of what is kept is asked again, by the selectors themselves.

use memchr::memmem::Finder;
use url::Url;

use super::nest::Keep;
use crate::extract::pager::following;
use crate::extract::selector::css_of;
use crate::model::source::HtmlRecipe;

/// What a recipe asks of pages.
#[derive(Debug, Clone)]
pub(in crate::extract) struct Wanted {
    posts: Vec<Hint>,
    /// What is asked of a post; `None`: all of it.
    fields: Option<Vec<Hint>>,
    hints: Vec<Hint>,
    page_query: Option<String>,
    /// What an address says that counts pages.
    counted: Vec<Finder<'static>>,
    is_named: bool,
}

/// What a recipe asks of one page.
#[derive(Debug)]
pub(in crate::extract) struct OnPage<'a> {
    wanted: &'a Wanted,
    /// The numbers that a link to the next page may bear.
    following: [u32; 2],
    /// Whether such a link must say in its own address what it counts.
    says_what: bool,
    /// Whether the recipe itself tells where the blog's name stands.
    pub(super) is_named: bool,
}

/// What the tag of an element must hold that a selector means.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hint {
    /// Its name in small letters; `None`: any.
    name: Option<String>,
    /// Its classes and ids.
    words: Vec<String>,
}

impl Wanted {
    /// What this recipe asks for; `None`: it must see the whole page.
    pub(in crate::extract) fn of(recipe: &HtmlRecipe, is_learnt: impl Fn(&str) -> bool) -> Option<Self> {
        if recipe.layouts.is_empty() {
            return None;
        }
        let (mut posts, mut fields, mut hints) = (Vec::new(), Vec::new(), Vec::new());
        let mut all_of_post = false;
        for layout in &recipe.layouts {
            // How a page was detected to lead on, all of it shows.
            if is_learnt(&layout.name) {
                return None;
            }
            posts.extend(subjects(&layout.post)?);
            hints.extend(whole(layout.next.as_deref())?);
            // Else its first link is, and the text of that.
            all_of_post |= layout.link.is_none() || layout.title.is_none();
            let of_post = [
                &layout.title,
                &layout.link,
                &layout.excerpt,
                &layout.category,
                &layout.tag,
                &layout.date,
                &layout.author,
                &layout.image,
                &layout.enclosure,
            ];
            for field in of_post.into_iter().flatten() {
                let css = css_of(field);
                let css = css.strip_prefix(":scope").map_or_else(|| css.to_owned(), |rest| format!("*{rest}"));
                if css.is_empty() {
                    all_of_post = true;
                } else {
                    fields.extend(subjects(&css)?);
                }
            }
        }
        let site = &recipe.site;
        for selector in [&site.title, &site.total, &site.tree] {
            hints.extend(whole(selector.as_deref())?);
        }
        if let Some(count) = site.tree_count.as_deref() {
            whole(Some(count))?;
        }
        let fields = (!all_of_post).then_some(fields);
        let page_query = recipe.page_query.clone();
        let counted = std::iter::once(COUNTED).chain(page_query.as_deref());
        let counted = counted.map(|word| Finder::new(word).into_owned()).collect();
        Some(Self { posts, fields, hints, page_query, counted, is_named: site.title.is_some() })
    }

    /// What is asked of the page at `url`, whose links stand under `base`; `None`: its links say nothing by their text.
    pub(in crate::extract) fn on(&self, url: &Url, base: &Url) -> Option<OnPage<'_>> {
        let following = following(url, self.page_query.as_deref())?;
        let says_what = !base.path().contains(COUNTED);
        Some(OnPage { wanted: self, following, says_what, is_named: self.is_named })
    }

    /// Whether the address in this tag may count pages: by the parameter, or in its path.
    fn may_count(&self, tag: &[u8]) -> bool {
        // Letters that are written by their numbers, and line ends within an address, hide the word.
        let hides = || memchr::memchr3(b'%', b'\n', b'\r', tag).is_some() || memchr::memchr(b'\t', tag).is_some();
        self.counted.iter().any(|word| word.find(tag).is_some()) || hides()
    }
}

/// What paths that count pages say before the number, and the parameter that does where no other is known.
const COUNTED: &str = "page";

impl OnPage<'_> {
    /// How much may be asked for of an element of this name, in small letters, with this start tag.
    pub(super) fn keeps(&self, name: &[u8], tag: &[u8], in_post: bool) -> Keep {
        let Wanted { posts, fields, hints, .. } = self.wanted;
        // A character that is written by its number or name may be any.
        let is_veiled = || memchr::memchr2(b'&', 0, tag).is_some();
        let is_bare = tag.len() <= name.len() + "<>".len();
        let means = |hints: &[Hint]| {
            hints.iter().any(|hint| {
                hint.name.as_deref().is_none_or(|other| name == other.as_bytes())
                    && (hint.words.is_empty()
                        || !is_bare && (hint.words.iter().all(|word| holds(tag, word.as_bytes())) || is_veiled()))
            })
        };
        let is_kept = means(hints)
            || (in_post && fields.as_deref().is_some_and(means))
            || match name {
                b"a" => !is_bare && (self.leads_on(tag) || holds(tag, b"next") || spells(tag)),
                b"base" | b"title" => true,
                b"meta" => NAMES.iter().any(|name| holds(tag, name.as_bytes())) || is_veiled(),
                b"link" => holds(tag, b"alternate") || holds(tag, b"next") || is_veiled(),
                _ => false,
            };
        match (is_kept, means(posts)) {
            (false, true) if fields.is_some() => Keep::Post,
            (true, _) | (false, true) => Keep::Whole,
            (false, false) => Keep::Nothing,
        }
    }

    /// Whether the link of this tag may be that to the next page.
    fn leads_on(&self, tag: &[u8]) -> bool {
        (!self.says_what || self.wanted.may_count(tag)) && leads_on(tag, self.following)
    }
}

/// What the head says of the blog's name.
const NAMES: &[&str] = &["site_name", "application-name", "apple-mobile-web-app-title"];

/// Whether an element of the head may bear the blog's name. Where none does, the body is searched for it.
pub(super) fn names_the_blog(name: &[u8], tag: &[u8]) -> bool {
    if name == b"meta" {
        return NAMES.iter().any(|name| holds(tag, name.as_bytes()));
    }
    name == b"link" && holds(tag, b"alternate") && holds(tag, b"title")
}

/// Whether an element may say that links stand elsewhere: below a folder of pages a bare number counts them.
pub(super) fn moves_links(name: &[u8], tag: &[u8]) -> bool {
    name == b"base" && (holds(tag, COUNTED.as_bytes()) || memchr::memchr2(b'&', b'%', tag).is_some())
}

/// Whether one of these numbers stands in the tag, or a digit that is written by its number.
fn leads_on(tag: &[u8], numbers: [u32; 2]) -> bool {
    let mut run = None::<u64>;
    let mut before = [0; 2];
    for &byte in tag {
        if byte.is_ascii_digit() {
            if before == *b"%3" {
                return true;
            }
            run = Some(run.unwrap_or(0).saturating_mul(10).saturating_add(u64::from(byte - b'0')));
        } else if !matches!(byte, b'\t' | b'\n' | b'\r') {
            // Line ends within an address are no part of it.
            if run.take().is_some_and(|run| numbers.iter().any(|number| u64::from(*number) == run)) {
                return true;
            }
        }
        before = [before[1], byte];
    }
    false
}

/// Whether a character in the tag is written by its number.
fn spells(tag: &[u8]) -> bool {
    memchr::memchr_iter(b'&', tag).any(|at| tag.get(at + 1) == Some(&b'#'))
}

/// Whether `word` stands in `text`, be it in capital letters or not.
fn holds(text: &[u8], word: &[u8]) -> bool {
    let Some((&first, rest)) = word.split_first() else { return true };
    let mut at = 0;
    while let Some(found) = memchr::memchr2(first.to_ascii_lowercase(), first.to_ascii_uppercase(), &text[at..]) {
        at += found + 1;
        if text[at..].get(..rest.len()).is_some_and(|tail| tail.eq_ignore_ascii_case(rest)) {
            return true;
        }
    }
    false
}

/// The hints of a selector that is matched against the whole page, if there is one.
fn whole(selector: Option<&str>) -> Option<Vec<Hint>> {
    match selector.map(css_of) {
        None | Some("") => Some(Vec::new()),
        Some(css) => subjects(css),
    }
}

/// What each part of a list of selectors says of the element that it means; `None`: it looks at more than an element and
/// what that stands in.
fn subjects(css: &str) -> Option<Vec<Hint>> {
    let mut hints = Vec::new();
    let mut last = Hint { name: None, words: Vec::new() };
    let mut letters = css.trim().chars().peekable();
    let mut begins = true;
    while let Some(letter) = letters.next() {
        match letter {
            ',' => {
                hints.push(std::mem::replace(&mut last, Hint { name: None, words: Vec::new() }));
                begins = true;
                continue;
            }
            '>' => {
                begins = true;
                continue;
            }
            letter if letter.is_ascii_whitespace() => {
                begins = true;
                continue;
            }
            _ => {}
        }
        if std::mem::take(&mut begins) {
            last = Hint { name: None, words: Vec::new() };
        }
        match letter {
            '*' => {}
            '.' | '#' => last.words.push(ident(None, &mut letters)?),
            '[' => skip_brackets(&mut letters)?,
            letter if is_of_name(letter) => {
                last.name = Some(ident(Some(letter), &mut letters)?.to_ascii_lowercase());
            }
            _ => return None,
        }
    }
    hints.push(last);
    Some(hints)
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_') || !letter.is_ascii()
}

fn ident(first: Option<char>, letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut ident: String = first.into_iter().collect();
    while let Some(letter) = letters.next_if(|letter| is_of_name(*letter)) {
        ident.push(letter);
    }
    (!ident.is_empty()).then_some(ident)
}

/// Passes over an attribute, of which only the tree is asked.
fn skip_brackets(letters: &mut impl Iterator<Item = char>) -> Option<()> {
    let mut quote = None;
    for letter in letters {
        match (letter, quote) {
            ('\\', _) => return None,
            (']', None) => return Some(()),
            ('"' | '\'', None) => quote = Some(letter),
            (letter, Some(open)) if letter == open => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(css: &str, expected: Option<&str>) {
        let shown = subjects(css).map(|hints| {
            let hints = hints.iter().map(|hint| {
                let name = hint.name.as_deref().unwrap_or("*");
                std::iter::once(name).chain(hint.words.iter().map(String::as_str)).collect::<Vec<_>>().join("+")
            });
            hints.collect::<Vec<_>>().join(" ")
        });
        assert_eq!(shown.as_deref(), expected, "{css}");
    }

    #[test]
    fn a_selector_tells_what_its_element_bears() {
        check("article", Some("article"));
        check("ARTICLE.post-item.이름", Some("article+post-item+이름"));
        check("#list > .row", Some("*+row"));
        check(".a .b, ul>li.c#d", Some("*+b li+c+d"));
        check("a[href^='/posts, x'] .t", Some("*+t"));
        check("div [data-x=\"]\"]", Some("*"));
        check("*", Some("*"));
        for tree in ["li:first-child", "h2 + p", "h2 ~ p", "div:has(a)", "a\\:b", "svg|a", ":not(.x)", "[a='\\41']"] {
            check(tree, None);
        }
    }

    #[test]
    fn a_number_of_a_page_is_seen_however_it_is_written() {
        for (tag, expected) in [
            ("<a href='?page=2'>", true),
            ("<a href='/page/02/'>", true),
            ("<a href='?page=%32'>", true),
            ("<a href='?page=1\n2'>", false),
            ("<a href='/s00002/12'>", true),
            ("<a href='/12/21/x222'>", false),
            ("<a href='/3'>", true),
        ] {
            assert_eq!(leads_on(tag.as_bytes(), [2, 3]), expected, "{tag}");
        }
    }
}
