//! The posts of the test blog: made up, but the same at every start.
//!
//! Some are awkward on purpose: without a category, protected, or "bare" (their row in a list shows neither
//! category nor date), with `&`, `<` and quotes in title and text.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{DateTime, date};

/// The categories that posts are dealt into; the empty one is none.
const CATEGORIES: [&str; 8] =
    ["DevOps/Kubernetes", "DevOps/Docker", "Big Data/Kafka", "Language/Java", "Framework/Spring", "CS/OS", "일상", ""];

/// What titles are made of.
const TOPICS: [&str; 10] = [
    "토픽과 파티션",
    "컨슈머 그룹",
    "노드 스케줄링",
    "이미지 레이어",
    "동기화 & 잠금",
    "List<String>의 제네릭",
    "가상 메모리",
    "\"느린\" 질의",
    "여름 휴가",
    "트랜잭션 전파",
];

/// What texts are made of.
const WORDS: [&str; 16] = [
    "이번",
    "글에서는",
    "실제",
    "운영",
    "환경에서",
    "겪은",
    "문제와",
    "해결",
    "과정을",
    "순서대로",
    "정리합니다",
    "<코드>",
    "&",
    "\"따옴표\"도",
    "설정",
    "값",
];

/// A post of the blog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Its number, which is its path, too.
    pub id: u32,
    /// Plain text.
    pub title: String,
    /// `Big Data/Kafka`, or nothing.
    pub category: String,
    /// The time in Seoul.
    pub at: DateTime,
    /// Plain text.
    pub text: String,
    /// What the blog's own feed calls it beside its category.
    pub tags: Vec<String>,
}

impl Post {
    /// Whether its row in a list shows neither category nor date.
    pub fn is_bare(&self) -> bool {
        self.id % 17 == 5
    }

    /// Whether only readers with a password see its text.
    pub fn is_protected(&self) -> bool {
        self.id % 31 == 7
    }

    /// Whether it has a picture.
    pub fn has_picture(&self) -> bool {
        self.id % 5 < 3
    }

    fn is_in(&self, category: &str) -> bool {
        category.is_empty()
            || self.category == category
            || self.category.strip_prefix(category).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// All posts, newest first.
#[derive(Debug, Clone)]
pub struct Posts {
    all: Vec<Post>,
    next_id: u32,
    dice: Dice,
    /// The post that stands first on every page 1, and again in its own place.
    pub pinned: Option<u32>,
}

impl Posts {
    /// So many posts, the last of them of July 2020.
    pub fn made_up(count: u32) -> Self {
        let mut posts = Self { all: Vec::new(), next_id: 1, dice: Dice(7), pinned: None };
        let mut at = date(2020, 7, 10).at(21, 4, 0, 0).saturating_sub((i64::from(count) * 2).days());
        for _ in 0..count {
            let category = posts.dice.pick(&CATEGORIES);
            posts.add(category, at);
            let minutes = posts.dice.below(4 * 24 * 60);
            at = at.saturating_add(i64::from(minutes).minutes());
        }
        posts
    }

    /// Adds new posts, an hour apart, and gives their numbers.
    pub fn publish(&mut self, count: u32, category: &str) -> Vec<u32> {
        let newest = self.all.first().map_or(date(2020, 7, 10).at(21, 4, 0, 0), |post| post.at);
        (1..=count).map(|hour| self.add(category, newest.saturating_add(i64::from(hour).hours()))).collect()
    }

    fn add(&mut self, category: &str, at: DateTime) -> u32 {
        let id = self.next_id;
        let head = if category.is_empty() { "메모" } else { category.rsplit('/').next().unwrap_or(category) };
        let title = format!("[{head}] {} #{id}: {}", self.dice.pick(&TOPICS), self.dice.sentence(4));
        let length = 60 + self.dice.below(80);
        let text = self.dice.sentence(length);
        self.all.insert(0, Post { id, title, category: category.to_owned(), at, text, tags: Vec::new() });
        self.next_id += 1;
        id
    }

    /// Every post.
    pub fn all(&self) -> &[Post] {
        &self.all
    }

    /// One post.
    pub fn get(&self, id: u32) -> Option<&Post> {
        self.all.iter().find(|post| post.id == id)
    }

    /// One post, to be changed.
    pub fn get_mut(&mut self, id: u32) -> Option<&mut Post> {
        self.all.iter_mut().find(|post| post.id == id)
    }

    /// Puts a post where its time belongs.
    pub fn put_back(&mut self, post: Post) {
        let place = self.all.partition_point(|other| other.at > post.at);
        self.all.insert(place, post);
    }

    /// Takes a post away.
    pub fn remove(&mut self, id: u32) {
        self.all.retain(|post| post.id != id);
    }

    /// The posts of a category and of those below it; of the empty one, all.
    pub fn of(&self, category: &str) -> Vec<&Post> {
        self.all.iter().filter(|post| post.is_in(category)).collect()
    }

    /// Each category with its number of posts, parents included.
    pub fn tree(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for post in self.all.iter().filter(|post| !post.category.is_empty()) {
            if let Some((parent, _)) = post.category.split_once('/') {
                *counts.entry(parent.to_owned()).or_default() += 1;
            }
            *counts.entry(post.category.clone()).or_default() += 1;
        }
        counts
    }
}

/// Numbers that look random and never differ (the sequence `SplitMix64`).
#[derive(Debug, Clone)]
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(bound)).expect("below a u32")
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let bound = u32::try_from(from.len()).expect("a short list");
        from[self.below(bound) as usize]
    }

    fn sentence(&mut self, words: u32) -> String {
        (0..words).map(|_| self.pick(&WORDS)).collect::<Vec<_>>().join(" ")
    }
}
