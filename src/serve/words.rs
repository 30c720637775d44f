//! Every text of the pages, in each language that we speak.

use axum::http::{HeaderMap, header};
use jiff::SignedDuration;

use super::coding::weight;

/// A language of the pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
}

/// The texts of one language.
#[derive(Debug)]
pub(super) struct Words {
    language: Language,
    /// BCP 47.
    pub(super) tag: &'static str,
    pub(super) skip: &'static str,
    pub(super) navigation: &'static str,
    pub(super) above: &'static str,
    pub(super) home: &'static str,
    pub(super) opml: &'static str,
    pub(super) footer: &'static str,
    pub(super) sources: &'static str,
    pub(super) no_sources: &'static str,
    pub(super) posts: &'static str,
    pub(super) last_success: &'static str,
    pub(super) next_check: &'static str,
    pub(super) state: &'static str,
    pub(super) fine: &'static str,
    pub(super) paused: &'static str,
    pub(super) not_yet: &'static str,
    pub(super) gone: &'static str,
    pub(super) removed: &'static str,
    pub(super) never: &'static str,
    pub(super) now: &'static str,
    pub(super) what_to_do: &'static str,
    pub(super) website: &'static str,
    pub(super) feeds: &'static str,
    pub(super) no_feeds: &'static str,
    pub(super) merged: &'static str,
    pub(super) feed: &'static str,
    pub(super) category: &'static str,
    pub(super) all_posts: &'static str,
    pub(super) uncategorized: &'static str,
    pub(super) subscribe: &'static str,
    pub(super) newest: &'static str,
    pub(super) no_posts: &'static str,
    pub(super) untitled: &'static str,
    pub(super) by: &'static str,
    pub(super) not_found: &'static str,
    pub(super) not_found_text: &'static str,
    pub(super) removed_text: &'static str,
    pub(super) unchosen_text: &'static str,
    pub(super) exists: &'static str,
}

static ENGLISH: Words = Words {
    language: Language::English,
    tag: "en",
    skip: "Skip to the content",
    navigation: "Main",
    above: "Where this page belongs",
    home: "Sources",
    opml: "All feeds as OPML",
    footer: "sosik watches blogs and makes the feeds that they don't.",
    sources: "Sources",
    no_sources: "No source is configured yet. `sosik add URL` looks at a blog and adds it.",
    posts: "Posts",
    last_success: "Last read",
    next_check: "Next look",
    state: "State",
    fine: "fine",
    paused: "paused",
    not_yet: "not looked at yet",
    gone: "gone for good",
    removed: "no longer watched",
    never: "never",
    now: "now",
    what_to_do: "What to do:",
    website: "Website",
    feeds: "Feeds",
    no_feeds: "There are no feeds yet: they come with the first look.",
    merged: "Feeds over several blogs",
    feed: "Feed",
    category: "Category",
    all_posts: "All posts",
    uncategorized: "Without a category",
    subscribe: "Subscribe",
    newest: "Newest posts",
    no_posts: "There are no posts yet.",
    untitled: "(untitled)",
    by: "by",
    not_found: "There is nothing here",
    not_found_text: "No page or feed has this address.",
    removed_text: "This blog is no longer watched: its feeds have ended.",
    unchosen_text: "This feed is no longer offered.",
    exists: "What there is:",
};

static KOREAN: Words = Words {
    language: Language::Korean,
    tag: "ko",
    skip: "본문으로 건너뛰기",
    navigation: "주 메뉴",
    above: "현재 위치",
    home: "소스",
    opml: "모든 피드 (OPML)",
    footer: "소식(sosik)은 블로그를 지켜보고, 블로그가 만들지 않는 피드를 만듭니다.",
    sources: "소스",
    no_sources: "아직 설정된 소스가 없습니다. `sosik add URL` 명령으로 블로그를 추가하세요.",
    posts: "글",
    last_success: "마지막으로 읽음",
    next_check: "다음 확인",
    state: "상태",
    fine: "정상",
    paused: "멈춤",
    not_yet: "아직 확인하지 않음",
    gone: "사라짐",
    removed: "더 이상 지켜보지 않음",
    never: "없음",
    now: "지금",
    what_to_do: "해결 방법:",
    website: "웹사이트",
    feeds: "피드",
    no_feeds: "아직 피드가 없습니다. 처음 확인한 뒤에 생깁니다.",
    merged: "여러 블로그를 모은 피드",
    feed: "피드",
    category: "분류",
    all_posts: "모든 글",
    uncategorized: "분류 없음",
    subscribe: "구독",
    newest: "최근 글",
    no_posts: "아직 글이 없습니다.",
    untitled: "(제목 없음)",
    by: "글쓴이",
    not_found: "여기에는 아무것도 없습니다",
    not_found_text: "이 주소에는 페이지나 피드가 없습니다.",
    removed_text: "이 블로그는 더 이상 지켜보지 않습니다. 피드가 끝났습니다.",
    unchosen_text: "이 피드는 더 이상 제공하지 않습니다.",
    exists: "있는 것:",
};

impl Words {
    /// The words of the language that a reader likes best of ours; else of `default`.
    pub(super) fn wanted(headers: &HeaderMap, default: Language) -> &'static Self {
        let mut best = (0, default);
        let values = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
        for item in values.flat_map(|value| value.split(',')) {
            let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
            let language = match tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "en" => Language::English,
                "ko" => Language::Korean,
                _ => continue,
            };
            let weight = weight(parameters);
            if weight > best.0 {
                best = (weight, language);
            }
        }
        Self::of(best.1)
    }

    fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Korean => &KOREAN,
        }
    }

    /// "3 posts".
    pub(super) fn count(&self, posts: u32) -> String {
        match (self.language, posts) {
            (Language::English, 1) => "1 post".to_owned(),
            (Language::English, _) => format!("{posts} posts"),
            (Language::Korean, _) => format!("글 {posts}개"),
        }
    }

    /// "136 of 137": what is stored of what the blog claims.
    pub(super) fn of_declared(&self, posts: u32, declared: u32) -> String {
        match self.language {
            Language::English => format!("{posts} of {declared}"),
            Language::Korean => format!("{declared}개 중 {posts}개"),
        }
    }

    /// "3 min ago".
    pub(super) fn ago(&self, length: SignedDuration) -> String {
        match self.language {
            Language::English => format!("{} ago", self.span(length)),
            Language::Korean => format!("{} 전", self.span(length)),
        }
    }

    /// "in 3 min".
    pub(super) fn ahead(&self, length: SignedDuration) -> String {
        match self.language {
            Language::English => format!("in {}", self.span(length)),
            Language::Korean => format!("{} 뒤", self.span(length)),
        }
    }

    /// "12 sources, 1 of them in trouble".
    pub(super) fn summary(&self, sources: usize, troubled: usize) -> String {
        match (self.language, sources, troubled) {
            (Language::English, 1, 0) => "1 source".to_owned(),
            (Language::English, 1, _) => "1 source, and it is in trouble".to_owned(),
            (Language::English, _, 0) => format!("{sources} sources"),
            (Language::English, _, _) => format!("{sources} sources, {troubled} of them in trouble"),
            (Language::Korean, _, 0) => format!("소스 {sources}개"),
            (Language::Korean, _, _) => format!("소스 {sources}개, 그중 {troubled}개에 문제가 있습니다"),
        }
    }

    /// "failed 3 times in a row".
    pub(super) fn in_a_row(&self, failures: u32) -> String {
        match (self.language, failures) {
            (Language::English, 0 | 1) => "failed once".to_owned(),
            (Language::English, _) => format!("failed {failures} times in a row"),
            (Language::Korean, _) => format!("연속 {}번 실패", failures.max(1)),
        }
    }

    /// What the little chart shows.
    pub(super) fn chart(&self, months: usize, posts: u32) -> String {
        match self.language {
            Language::English => format!("{} in {months} months", self.count(posts)),
            Language::Korean => format!("{months}개월 동안 글 {posts}개"),
        }
    }

    /// A length of time in its largest unit.
    fn span(&self, length: SignedDuration) -> String {
        let seconds = length.as_secs().max(0);
        let (number, english, korean) = match seconds {
            0..60 => (seconds, "s", "초"),
            60..3_600 => (seconds / 60, "min", "분"),
            3_600..172_800 => (seconds / 3_600, "h", "시간"),
            _ => (seconds / 86_400, "days", "일"),
        };
        match self.language {
            Language::English => format!("{number} {english}"),
            Language::Korean => format!("{number}{korean}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_chooses_the_language() {
        for (accepted, expected) in [
            ("", "ko"),
            ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
            ("en-US,en;q=0.5", "en"),
            ("de, en;q=0.1", "en"),
            ("de", "ko"),
            ("en;q=0", "ko"),
            ("en;q=0.5, ko;q=0.6", "ko"),
            ("kok", "ko"),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, accepted.parse().unwrap())]);
            assert_eq!(Words::wanted(&headers, Language::Korean).tag, expected, "{accepted:?}");
        }
        assert_eq!(Words::wanted(&HeaderMap::new(), Language::English).tag, "en");
    }

    #[test]
    fn times_are_told_in_their_largest_unit() {
        let check = |seconds, english, korean| {
            let length = SignedDuration::from_secs(seconds);
            assert_eq!((ENGLISH.ago(length).as_str(), KOREAN.ahead(length).as_str()), (english, korean));
        };
        check(-5, "0 s ago", "0초 뒤");
        check(180, "3 min ago", "3분 뒤");
        check(7_300, "2 h ago", "2시간 뒤");
        check(200_000, "2 days ago", "2일 뒤");
        assert_eq!((ENGLISH.count(1), KOREAN.count(1)), ("1 post".to_owned(), "글 1개".to_owned()));
    }
}
