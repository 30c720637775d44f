//! Dates seen from today: `3시간 전`, `yesterday 14:05`, `vor 2 Tagen`.
//!
//! Minutes and hours give a minute, days and longer a day. A month is a calendar month.

use std::sync::OnceLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use regex::Regex;

use super::clock;
use super::moment::published;
use crate::model::date::{Precision, Published};

/// A run that is longer is prose that only mentions a time.
const LONGEST_RUN: usize = 60;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

use Unit::{Day, Hour, Minute, Month, Second, Week, Year};

/// How the words of a language for a unit begin.
type Units = &'static [(&'static str, Unit)];

/// How a language says "so long ago": what stands before and behind the amount, and how its units begin.
struct Ago {
    before: &'static str,
    behind: &'static str,
    /// The first that the unit's word begins with counts, so a longer stem stands before a shorter one.
    units: Units,
}

#[rustfmt::skip]
const AGO: &[Ago] = &[
    Ago { before: "", behind: "전", units: &[("초", Second), ("분", Minute), ("시간", Hour), ("일", Day), ("주", Week), ("개월", Month), ("달", Month), ("년", Year)] },
    Ago { before: "", behind: "前", units: &[("秒", Second), ("分", Minute), ("小时", Hour), ("小時", Hour), ("時間", Hour), ("天", Day), ("日", Day), ("週", Week), ("周", Week), ("个月", Month), ("個月", Month), ("か月", Month), ("ヶ月", Month), ("カ月", Month), ("ケ月", Month), ("年", Year)] },
    Ago { before: "", behind: "ago", units: &[("sec", Second), ("min", Minute), ("h", Hour), ("d", Day), ("w", Week), ("mo", Month), ("m", Minute), ("y", Year)] },
    Ago { before: "vor", behind: "", units: &[("sek", Second), ("min", Minute), ("st", Hour), ("tag", Day), ("woche", Week), ("monat", Month), ("jahr", Year)] },
    Ago { before: "hace", behind: "", units: &[("seg", Second), ("min", Minute), ("h", Hour), ("d", Day), ("sem", Week), ("mes", Month), ("a", Year)] },
    Ago { before: "il y a", behind: "", units: &[("sec", Second), ("min", Minute), ("h", Hour), ("j", Day), ("sem", Week), ("mois", Month), ("an", Year)] },
    Ago { before: "há", behind: "", units: &[("seg", Second), ("min", Minute), ("h", Hour), ("d", Day), ("sem", Week), ("m", Month), ("ano", Year)] },
    Ago { before: "", behind: "fa", units: &[("sec", Second), ("min", Minute), ("or", Hour), ("giorn", Day), ("sett", Week), ("mes", Month), ("ann", Year)] },
    Ago { before: "", behind: "geleden", units: &[("sec", Second), ("min", Minute), ("uur", Hour), ("uren", Hour), ("dag", Day), ("we", Week), ("maand", Month), ("jaar", Year), ("jaren", Year)] },
    Ago { before: "", behind: "temu", units: &[("sek", Second), ("min", Minute), ("godz", Hour), ("dni", Day), ("dzień", Day), ("tyg", Week), ("mies", Month), ("rok", Year), ("lat", Year)] },
    Ago { before: "", behind: "önce", units: &[("saniye", Second), ("dakika", Minute), ("saat", Hour), ("gün", Day), ("hafta", Week), ("ay", Month), ("yıl", Year)] },
    Ago { before: "", behind: "назад", units: &[("сек", Second), ("мин", Minute), ("час", Hour), ("день", Day), ("дня", Day), ("дней", Day), ("нед", Week), ("мес", Month), ("год", Year), ("лет", Year)] },
    Ago { before: "", behind: "тому", units: &[("сек", Second), ("хв", Minute), ("год", Hour), ("день", Day), ("дні", Day), ("дня", Day), ("тиж", Week), ("міс", Month), ("рік", Year), ("рок", Year)] },
    Ago { before: "", behind: "trước", units: &[("giây", Second), ("phút", Minute), ("giờ", Hour), ("ngày", Day), ("tuần", Week), ("tháng", Month), ("năm", Year)] },
    Ago { before: "před", behind: "", units: &[("sek", Second), ("min", Minute), ("hod", Hour), ("dn", Day), ("týd", Week), ("měs", Month), ("lety", Year), ("rok", Year)] },
    Ago { before: "", behind: "sitten", units: &[("sek", Second), ("min", Minute), ("tun", Hour), ("päiv", Day), ("viik", Week), ("kuuka", Month), ("vuo", Year)] },
];

/// Words for one.
const ONE: &str = "an|a|one|einem|einer|une|una|uno|un|uma|um|een|один|одну|одна";

/// Words for a day; the first that the text begins with counts.
#[rustfmt::skip]
const DAYS: &[(i64, &[&str])] = &[
    (2, &["그저께", "그제", "엊그제", "一昨日", "おととい", "前天", "the day before yesterday", "vorgestern", "anteayer", "avant-hier", "anteontem", "l'altro ieri", "eergisteren", "przedwczoraj", "evvelsi gün", "позавчера", "позавчора", "hôm kia", "předevčírem", "toissapäivänä"]),
    (1, &["어제", "昨日", "昨天", "yesterday", "gestern", "ayer", "hier", "ontem", "ieri", "gisteren", "wczoraj", "dün", "вчера", "вчора", "hôm qua", "včera", "eilen"]),
    (0, &["오늘", "今日", "今天", "today", "heute", "hoy", "aujourd'hui", "hoje", "oggi", "vandaag", "dzisiaj", "dziś", "bugün", "сегодня", "сьогодні", "hôm nay", "dnes", "tänään"]),
];

/// Words for this minute.
#[rustfmt::skip]
const NOW: &[&str] = &["방금", "조금 전", "たった今", "刚刚", "剛剛", "just now", "moments ago", "a moment ago", "gerade eben", "ahora mismo", "à l'instant", "agora mesmo", "proprio ora", "zojuist", "przed chwilą", "az önce", "только что", "щойно", "vừa xong", "právě teď", "juuri nyt"];

/// The pattern of each language, made ready when a text has the words around the amount.
static PATTERNS: [OnceLock<Regex>; AGO.len()] = [const { OnceLock::new() }; AGO.len()];

impl Ago {
    fn pattern(&self) -> Regex {
        let units = self.units.iter().map(|(stem, _)| regex::escape(stem)).collect::<Vec<_>>().join("|");
        let before = if self.before.is_empty() { String::new() } else { format!(r"\b{} ", self.before) };
        let behind = if self.behind.is_empty() { String::new() } else { format!(" ?{}", self.behind) };
        // Signs are not separated by spaces: the unit must not swallow what stands behind it.
        let tail = if self.behind == "전" || self.behind == "前" { "[間间钟鐘]?" } else { r"[\p{L}\p{M}]*\.?" };
        let pattern = format!(r"(?i)(?:^|[^0-9]){before}(?:([0-9]{{1,4}})|\b(?:{ONE})) ?({units}){tail}{behind}");
        Regex::new(&pattern).expect("a constant pattern")
    }
}

/// The date that `text` (normalised) tells from now.
pub(super) fn read(text: &str, zone: &TimeZone, now: Timestamp) -> Option<Published> {
    if text.chars().count() > LONGEST_RUN {
        return None;
    }
    let lower = text.to_lowercase();
    if NOW.iter().any(|word| lower.starts_with(word)) {
        return minute(now, zone);
    }
    let today = now.to_zoned(zone.clone()).date();
    if let Some((days, word)) =
        DAYS.iter().find_map(|(days, words)| Some((*days, words.iter().find(|word| begins(&lower, word))?)))
    {
        let date = today.checked_sub(Span::new().days(days)).ok()?;
        return published(date, clock::beside(&lower, &(0..word.len())).as_ref(), zone);
    }
    let (amount, unit) = AGO.iter().zip(&PATTERNS).find_map(|(ago, pattern)| {
        if !lower.contains(ago.before) || !lower.contains(ago.behind) {
            return None;
        }
        let found = pattern.get_or_init(|| ago.pattern()).captures(&lower)?;
        let amount = found.get(1).map_or(Some(1), |amount| amount.as_str().parse::<i64>().ok())?;
        let (_, unit) = ago.units.iter().find(|(stem, _)| found[2].starts_with(stem))?;
        Some((amount, *unit))
    })?;
    let day = |span: Span| -> Option<Published> { Published::day(Date::checked_sub(today, span).ok()?, zone) };
    match unit {
        Second => minute(now, zone),
        Minute => minute(now.checked_sub(Span::new().try_minutes(amount).ok()?).ok()?, zone),
        Hour => minute(now.checked_sub(Span::new().try_hours(amount).ok()?).ok()?, zone),
        Day => day(Span::new().try_days(amount).ok()?),
        Week => day(Span::new().try_weeks(amount).ok()?),
        Month => day(Span::new().try_months(amount).ok()?),
        Year => day(Span::new().try_years(amount).ok()?),
    }
}

/// Whether `text` begins with `word` as a word of its own (a sign of East Asia needs no border).
fn begins(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| !word.is_ascii() || !rest.starts_with(|next: char| next.is_alphabetic()))
}

/// The whole minute that holds `at`.
fn minute(at: Timestamp, zone: &TimeZone) -> Option<Published> {
    let at = Timestamp::from_second(at.as_second().div_euclid(60) * 60).ok()?;
    Some(Published { at, offset_seconds: zone.to_offset(at).seconds(), precision: Precision::Minute })
}
