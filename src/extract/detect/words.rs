//! Words that class names, paths and buttons are made of, in many languages.
//!
//! Every list here only weighs; no post is found or lost by one word alone.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::extract::letters::{is_alphabetic, lower, lower_in, push_lower};
use crate::extract::quick::Quick;

/// Words of a class or id that say "not the list of posts".
static ASIDE: Words = Words::of(
    "sidebar aside footer foot nav navbar navigation menu breadcrumb breadcrumbs pager pagination \
    pagenavi paginator paging related popular tagcloud share sharing social gnb lnb blogroll cookie \
    calendar offcanvas drawer",
);

/// Words of a class or id that make it less likely.
static MAYBE_ASIDE: Words = Words::of("widget widgets recent recents toc comment comments rank ranking trending cloud");

/// Words of a class or id that say "here are the posts".
static MAIN: Words = Words::of(
    "main content contents post posts article articles entry entries list feed blog archive archives \
    timeline hfeed",
);

/// A list of words, looked up by one step however long it is.
#[derive(Debug)]
pub(super) struct Words {
    list: &'static str,
    parted_by: char,
    told: OnceLock<Told>,
}

/// What is asked of a list of words.
#[derive(Debug)]
struct Told {
    set: HashSet<&'static str, Quick>,
    /// By the first byte the lengths in bytes of the words that begin so, a bit for each.
    lengths: [u64; 256],
}

impl Told {
    fn of(words: impl Iterator<Item = &'static str>) -> Self {
        let mut told = Self { set: HashSet::default(), lengths: [0; 256] };
        for word in words.filter(|word| !word.is_empty()) {
            told.lengths[usize::from(word.as_bytes()[0])] |= length_bit(word.len());
            told.set.insert(word);
        }
        told
    }
}

/// The bit of a length; those from 63 on share one.
fn length_bit(length: usize) -> u64 {
    1 << length.min(63)
}

impl Words {
    /// The words of a text, parted by spaces.
    pub(super) const fn of(list: &'static str) -> Self {
        Self { list, parted_by: ' ', told: OnceLock::new() }
    }

    /// Words that hold spaces, parted by bars.
    pub(super) const fn barred(list: &'static str) -> Self {
        Self { list, parted_by: '|', told: OnceLock::new() }
    }

    /// Whether a word is one of them.
    pub(super) fn has(&self, word: &str) -> bool {
        let Some(&first) = word.as_bytes().first() else { return false };
        let told = self.told();
        // Most words are none of any list, and most of them are told so by this alone.
        told.lengths[usize::from(first)] & length_bit(word.len()) != 0 && told.set.contains(word)
    }

    /// Whether a word is one of them in lower case.
    pub(super) fn has_in_any_case(&self, word: &str) -> bool {
        let Some(first) = word.as_bytes().first() else { return false };
        // Small letters of other scripts may begin otherwise, and be longer.
        (!word.is_ascii() || self.may_have(first.to_ascii_lowercase(), word.len())) && self.has(&lower(word))
    }

    /// Whether a word of so many bytes that begins with this one may be one of them.
    pub(super) fn may_have(&self, first: u8, length: usize) -> bool {
        self.told().lengths[usize::from(first)] & length_bit(length) != 0
    }

    fn told(&self) -> &Told {
        self.told.get_or_init(|| Told::of(self.list.split(self.parted_by)))
    }
}

/// Asks about the words of a class token or id: cut at `-`, `_` and where a capital follows a small letter; in lower case.
fn of_words<T>(token: &str, ask: impl FnOnce(&mut dyn Iterator<Item = &str>) -> T) -> T {
    if is_small(token) { ask(&mut parts(token)) } else { ask(&mut cased_words(token).iter().map(String::as_str)) }
}

/// The words of a token that is not written as most are.
fn cased_words(token: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small_before = false;
    for letter in token.chars() {
        if is_cut(letter) || (small_before && letter.is_uppercase()) {
            words.push(String::new());
        }
        if !is_cut(letter)
            && let Some(word) = words.last_mut()
        {
            push_lower(word, letter);
        }
        small_before = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_cut(letter: char) -> bool {
    matches!(letter, '-' | '_' | ':' | '.')
}

/// Whether a token is written as most are: ASCII without capitals. Then its words are parts of it.
fn is_small(token: &str) -> bool {
    token.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
}

fn parts(token: &str) -> impl Iterator<Item = &str> {
    token.split(is_cut).filter(|word| !word.is_empty())
}

/// Whether one of the words of a token passes a test.
pub(super) fn has_word(token: &str, mut test: impl FnMut(&str) -> bool) -> bool {
    of_words(token, |mut words| Iterator::any(&mut words, &mut test))
}

/// Whether one of the tokens of a class attribute holds one of these words.
pub(super) fn class_says(class: &str, wanted: &Words) -> bool {
    class.split_ascii_whitespace().any(|token| has_word(token, |word| wanted.has(word)))
}

/// How much the class tokens and the id of one element say "sidebar, menu, footer": 0 to 1.
///
/// A token is void when another token of the same element says that the posts are here.
pub(super) fn region_of(class: &str, id: &str) -> f64 {
    let tokens = || class.split_ascii_whitespace().chain(std::iter::once(id));
    let is_main = |token: &str| {
        of_words(token, |words| {
            let mut words = words.map(|word| MAIN.has(word)).peekable();
            words.peek().is_some() && words.all(|is_main| is_main)
        })
    };
    let mut region: f64 = 0.0;
    let mut mains: Option<usize> = None;
    for token in tokens() {
        let weight = of_words(token, token_region);
        if weight > region {
            let all = *mains.get_or_insert_with(|| tokens().filter(|token| is_main(token)).count());
            if all == usize::from(is_main(token)) {
                region = weight;
            }
        }
    }
    region
}

fn token_region(words: &mut dyn Iterator<Item = &str>) -> f64 {
    let mut region: f64 = 0.0;
    let mut words = words.peekable();
    let mut before = None;
    while let Some(word) = words.next() {
        let denied = matches!(before.replace(word), Some("skip" | "has" | "no" | "with"));
        let pair = (word, words.peek().copied());
        match () {
            () if denied => {}
            () if matches!(pair, ("tag", Some("cloud")) | ("prev", Some("next"))) || ASIDE.has(word) => region = 1.0,
            () if matches!(pair, ("archive", Some("list")) | ("hot", Some("posts"))) || MAYBE_ASIDE.has(word) => {
                region = region.max(0.4);
            }
            () => {}
        }
    }
    region
}

/// Texts of links that lead to a post and are not its title, in lower case and without arrows and dots.
static GENERIC: Words = Words::barred(
    "read more|more|read|read on|continue|continue reading|read post|read article|learn more|view post|\
    view|details|full post|full story|read the rest|read full article|read full post|see more|show more|\
    keep reading|go|open|link|permalink|permanent link|view article|view more|comments|comment|\
    no comments|leave a comment|leave a reply|reply|share|edit|source|discuss|discussion|더보기|더 보기|자세히|\
    자세히 보기|계속 읽기|전체 보기|전문 보기|읽기|바로가기|댓글|댓글 쓰기|공유|공유하기|본문 보기|글 보기|続きを読む|続きをみる|続きを見る|もっと見る|もっと読む|全文を読む|詳細|\
    詳しく見る|コメント|记事を読む|記事を読む|阅读全文|阅读更多|继续阅读|查看全文|查看更多|更多|详情|全文|阅读|閱讀全文|閱讀更多|繼續閱讀|查看|评论|留言|weiterlesen|\
    mehr|mehr lesen|mehr erfahren|lesen|zum artikel|kommentare|kommentieren|zum beitrag|lire la suite|\
    lire|lire plus|suite|en savoir plus|lire l'article|commentaires|laisser un commentaire|leer más|\
    leer mas|seguir leyendo|continuar leyendo|más|ver más|leer|leer artículo|comentarios|\
    más información|sigue leyendo|leia mais|ler mais|continue lendo|continuar lendo|mais|saiba mais|\
    ler artigo|comentários|continuar a ler|читать далее|читать дальше|читать|далее|подробнее|\
    читать полностью|комментарии|комментировать|читать статью|дальше|читати далі|детальніше|далі|читати|\
    читати більше|коментарі|leggi tutto|leggi|continua a leggere|leggi di più|continua|altro|commenti|\
    leggi l'articolo|lees meer|lees verder|verder lezen|meer|reacties|czytaj więcej|czytaj dalej|więcej|\
    czytaj|komentarze|dowiedz się więcej|devamını oku|devamı|daha fazla|oku|yorumlar|devamını okuyun|\
    đọc tiếp|xem thêm|đọc thêm|chi tiết|bình luận|xem chi tiết|číst dál|číst více|více|celý článek|\
    komentáře|lue lisää|lue koko|läs mer|læs mere|les mer|mer|tovább|olvass tovább|citește mai mult|\
    citeste mai mult|mai mult|διαβάστε περισσότερα|περισσότερα|اقرأ المزيد|المزيد|और पढ़ें|อ่านต่อ|\
    baca selengkapnya|selengkapnya|קרא עוד",
);

/// Whether a text of a link says only "read more" or the like. Counts, arrows and marks do not matter.
pub(super) fn is_generic(text: &str) -> bool {
    if text.len() > 80 {
        return false;
    }
    let mut place = [0; 80];
    let bare = lower_in(text, &mut place);
    let bare = bare.trim_matches(|letter: char| !is_alphabetic(letter));
    if bare.is_empty() {
        return true;
    }
    let replaced = bare.contains('’').then(|| bare.replace('’', "'"));
    let bare = replaced.as_deref().unwrap_or(bare);
    // What stands before a sign, or before what is to be read, may be such words.
    let ends = |at: usize, letter: char| {
        let rest = &bare[at..];
        matches!(letter, ':' | '…' | '.' | '»' | '→' | '>' | '(' | '"' | '“' | '\'')
            || (letter == ' ' && (rest.starts_with(" about ") || rest.starts_with(" of ")))
    };
    GENERIC.has(bare)
        || bare
            .char_indices()
            .any(|(at, letter)| ends(at, letter) && GENERIC.has(&bare[..at]) && bare[..at].chars().count() > 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_fall_into_words() {
        let words = |token: &str| of_words(token, |words| words.map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(words("post-listItem_x"), ["post", "list", "item", "x"]);
        assert_eq!(words("post-list_x"), ["post", "list", "x"]);
        assert!(words("").is_empty());
    }

    #[test]
    fn regions_come_from_words_not_from_parts_of_words() {
        for (class, id, expected) in [
            ("sidebar", "", 1.0),
            ("left-sidebar col-md-3", "", 1.0),
            ("has-sidebar", "", 0.0),
            ("", "skip-nav", 0.0),
            ("sidebar content", "", 0.0),
            ("post-footer", "", 1.0),
            ("navigate", "", 0.0),
            ("widget", "recent-posts", 0.4),
            ("tag-cloud", "", 1.0),
            ("siteFooter", "", 1.0),
        ] {
            assert!((region_of(class, id) - expected).abs() < f64::EPSILON, "{class:?} {id:?}");
        }
    }

    #[test]
    fn buttons_are_no_titles() {
        for text in [
            "Read more →",
            "더 보기",
            "続きを読む »",
            "阅读全文",
            "Lire la suite…",
            "3",
            "→",
            "Read more: Why",
            "댓글 3",
        ] {
            assert!(is_generic(text), "{text:?}");
        }
        for text in ["Go 1.22 is out", "More is different", "읽기 좋은 코드", "Reading list"] {
            assert!(!is_generic(text), "{text:?}");
        }
    }
}
