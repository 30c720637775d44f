//! Where dates stand within texts.

use proptest::prelude::*;

use super::*;

fn check(text: &str, expected: &str) {
    let read: Vec<String> = scan(text)
        .iter()
        .map(|span| match span.reading {
            Reading::Day(date) => date.to_string(),
            Reading::Open { first, second, year, .. } => format!("{first}?{second}?{year}"),
            Reading::MonthDay(month, day) => format!("{month}-{day}"),
        })
        .collect();
    assert_eq!(read.join(" "), expected, "{text:?}");
}

#[test]
fn dates_of_many_languages() {
    for text in [
        "2020.07.10",
        "2020. 7. 10.",
        "2020. 7. 10. 21:04",
        "2020 · 07 · 10",
        "2020 07 · 10",
        "202007.10",
        "2020/7/10",
        "2020-07-10T21:04:00+09:00",
        "2020년 7월 10일",
        "2020年7月10日",
        "发表于 2020年07月10日",
        "10 July 2020",
        "10th of July, 2020",
        "July 10, 2020",
        "Jul. 10th 2020",
        "10. Juli 2020",
        "10 juillet 2020",
        "10 de julio de 2020",
        "10 de julho de 2020",
        "10 luglio 2020",
        "10 juli 2020",
        "10 lipca 2020",
        "10 июля 2020 г.",
        "10 липня 2020",
        "10 Temmuz 2020",
        "10. července 2020",
        "10 tháng 7, 2020",
        "ngày 10 tháng 7 năm 2020",
        "7월 10, 2020",
        "10 7월 2020",
        "tháng 7 10, 2020",
        "2020, July 10",
        "20200710",
        "令和2年7月10日",
        "10 Jul '20",
        "20.07.10",
        "10-Jul-2020",
        "२०२०-०७-१०",
        "２０２０年７月１０日",
        "10 กรกฎาคม 2563",
        "10 ก.ค. 2563",
        "2020. július 10.",
        "Posted on July 10, 2020 by Kim",
        "Fri, 10 Jul 2020 12:00:00 GMT",
        "Fri Jul 10, 2020",
        "Written by kim on 10/Jul/2020",
        "20年7月10日",
    ] {
        check(text, "2020-07-10");
    }
}

#[test]
fn what_is_open_stays_open_and_what_is_no_date_is_none() {
    check("10/07/2020", "10?7?2020");
    check("25/07/2020", "2020-07-25");
    check("07/25/2020", "2020-07-25");
    check("07-10", "7-10");
    check("7월 10일", "7-10");
    check("Jul 10", "7-10");
    check("2020.07.10 ~ 2020.08.01", "2020-07-10 2020-08-01");
    for text in [
        "1.2.3",
        "v2.10.2020",
        "192.168.10.20",
        "2020",
        "12",
        "31/31/2020",
        "2020-13-01",
        "version 10.15.7",
        "Top 10 of 2020",
    ] {
        check(text, "");
    }
}

#[test]
fn short_years_are_read_in_both_orders() {
    check("Aug 9 '25", "2025-08-09");
    check("9/14/26", "2026-09-14");
    check("9/1/26", "9?1?2026");
}

proptest! {
    #[test]
    fn a_cheap_look_leaves_out_no_date(
        text in r"(word |w|[0-9]{1,9}| |[.,/-]|월|월 ?|月|일|日|년|年|July |tháng |令和|\u{661}|\PC){0,60}",
        long in any::<bool>(),
    ) {
        let text = if long { format!("{text} and what stands behind it is as long as prose, which has letters") } else { text };
        prop_assert_eq!(scan(&text), scan_all(&text));
    }
}

proptest! {
    #[test]
    fn what_begins_no_date_begins_none_with_what_follows(
        first in r"(July|may|thg|th|Tags|w|[가-힣]|글|[ァ-ン]|日|年|[一-龥]|令和|평|[0-9]{1,4}|[ .,'/·-]){1,4}",
        next in r"(July|th|[0-9]{1,4}|[ .,'/-]|년|年|월|月|일|日|元|20[0-9]{2}){1,8}",
    ) {
        prop_assume!(!may_begin_date(&first));
        for joined in [format!("{first} {next}"), format!("{first}{next}")] {
            let is_full = |span: &&Span| !matches!(span.reading, Reading::MonthDay(..));
            let found = scan(&joined).iter().find(is_full).filter(|span| span.start < first.len()).copied();
            prop_assert!(found.is_none(), "{joined:?} {found:?}");
        }
    }
}
