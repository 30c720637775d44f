//! Many ways to write a date, each with what it means in Seoul on Saturday, July 11th 2020, at noon.

use super::*;

fn seoul() -> TimeZone {
    TimeZone::get("Asia/Seoul").unwrap()
}

fn noon() -> Timestamp {
    "2020-07-11T12:00:30+09:00".parse().unwrap()
}

fn check(text: &str, expected: &str) {
    let read = read(text, &seoul(), noon()).map_or_else(|| "none".to_owned(), |read| read.to_string());
    assert_eq!(read, expected, "{text:?}");
}

#[test]
fn korean_dates() {
    check("2020.07.10", "2020-07-10");
    check("2020. 7. 10.", "2020-07-10");
    check("2020. 7. 10. 14:05", "2020-07-10T14:05:00+09:00");
    check("2020.07.10 14:05", "2020-07-10T14:05:00+09:00");
    check("2020.07.10. 14:05:09", "2020-07-10T14:05:09+09:00");
    check("2020-07-10", "2020-07-10");
    check("2020년 7월 10일", "2020-07-10");
    check("2020년 7월 10일 (금) 오후 3:20", "2020-07-10T15:20:00+09:00");
    check("2020년 07월 10일 14시 5분", "2020-07-10T14:05:00+09:00");
    check("7월 10일", "2020-07-10");
    check("12월 24일", "2019-12-24");
    check("오전 12:10 · 2020.07.10", "2020-07-10T00:10:00+09:00");
    check("작성일: 2020/07/10 | 조회 12", "2020-07-10");
    check("20.07.10", "2020-07-10");
    check("'20. 7. 10.", "2020-07-10");
    check("20200710", "2020-07-10");
    check("2020 · 07 · 10", "2020-07-10");
    check("202007 · 10", "2020-07-10");
    check("2020 07.10", "2020-07-10");
    check("오후 3:20", "2020-07-10T15:20:00+09:00");
    check("11:20:31", "2020-07-11T11:20:31+09:00");
}

#[test]
fn machine_dates() {
    check("2020-07-10T21:04:00+09:00", "2020-07-10T21:04:00+09:00");
    check("2020-07-10T21:04:00Z", "2020-07-10T21:04:00+00:00");
    check("2020-07-10T21:04:00.123Z", "2020-07-10T21:04:00+00:00");
    check("2020-07-10T21:04-0530", "2020-07-10T21:04:00-05:30");
    check("2020-07-10 21:04:00 UTC", "2020-07-10T21:04:00+00:00");
    check("20200710T210400Z", "2020-07-10");
    check("Fri, 10 Jul 2020 21:04:00 +0900", "2020-07-10T21:04:00+09:00");
    check("Fri, 10 Jul 2020 21:04:00 GMT", "2020-07-10T21:04:00+00:00");
    check("Fri Jul 10 2020", "2020-07-10");
}

#[test]
fn dates_in_words() {
    check("July 10, 2020", "2020-07-10");
    check("Jul 10th, 2020 at 9:04 pm", "2020-07-10T21:04:00+09:00");
    check("10 July 2020", "2020-07-10");
    check("10th of July, 2020", "2020-07-10");
    check("2020 July 10", "2020-07-10");
    check("Posted on 10-Jul-2020", "2020-07-10");
    check("10 Jul '20", "2020-07-10");
    check("Jul 10 '20", "2020-07-10");
    check("10 يوليو، 2020", "2020-07-10");
    check("10 กรกฎาคม 2020", "2020-07-10");
    check("10 जुलाई 2020", "2020-07-10");
    check("10 Ιουλίου 2020", "2020-07-10");
    check("10 iulie 2020", "2020-07-10");
    check("July 10", "2020-07-10");
    check("Dec. 24", "2019-12-24");
    check("Sept. 1, 2019", "2019-09-01");
    check("10. Juli 2020", "2020-07-10");
    check("10. März 2020, 14:05 Uhr", "2020-03-10T14:05:00+09:00");
    check("1er août 2019", "2019-08-01");
    check("10 juillet 2020 à 14h05", "2020-07-10T14:05:00+09:00");
    check("10 de julio de 2020", "2020-07-10");
    check("3º de maio de 2020", "2020-05-03");
    check("10 luglio 2020", "2020-07-10");
    check("10 mei 2020", "2020-05-10");
    check("10 lipca 2020", "2020-07-10");
    check("10 Temmuz 2020", "2020-07-10");
    check("10 июля 2020 г.", "2020-07-10");
    check("10 липня 2020", "2020-07-10");
    check("10 Tháng 7, 2020", "2020-07-10");
    check("ngày 10 tháng 7 năm 2020", "2020-07-10");
    check("10. července 2020", "2020-07-10");
    check("10. heinäkuuta 2020", "2020-07-10");
    check("2020年7月10日", "2020-07-10");
    check("2020年 7月 10號 下午 3:20", "2020-07-10T15:20:00+09:00");
    check("令和2年7月10日", "2020-07-10");
    check("平成元年1月8日", "1989-01-08");
    check("7月10日", "2020-07-10");
    check("٢٠٢٠-٠٧-١٠", "2020-07-10");
}

#[test]
fn relative_dates() {
    check("방금 전", "2020-07-11T12:00:00+09:00");
    check("방금", "2020-07-11T12:00:00+09:00");
    check("5분 전", "2020-07-11T11:55:00+09:00");
    check("3시간 전", "2020-07-11T09:00:00+09:00");
    check("13시간 전", "2020-07-10T23:00:00+09:00");
    check("어제", "2020-07-10");
    check("어제 14:05", "2020-07-10T14:05:00+09:00");
    check("그저께", "2020-07-09");
    check("오늘 오전 9:01", "2020-07-11T09:01:00+09:00");
    check("3일 전", "2020-07-08");
    check("2주 전", "2020-06-27");
    check("1개월 전", "2020-06-11");
    check("두 달 전", "none");
    check("2년 전", "2018-07-11");
    check("just now", "2020-07-11T12:00:00+09:00");
    check("2 days ago", "2020-07-09");
    check("a day ago", "2020-07-10");
    check("an hour ago", "2020-07-11T11:00:00+09:00");
    check("5m ago", "2020-07-11T11:55:00+09:00");
    check("5 mins ago", "2020-07-11T11:55:00+09:00");
    check("3 months ago", "2020-04-11");
    check("Yesterday", "2020-07-10");
    check("昨日", "2020-07-10");
    check("3時間前", "2020-07-11T09:00:00+09:00");
    check("2週間前", "2020-06-27");
    check("3ヶ月前", "2020-04-11");
    check("3天前", "2020-07-08");
    check("5分钟前", "2020-07-11T11:55:00+09:00");
    check("вчера в 14:05", "2020-07-10T14:05:00+09:00");
    check("2 часа назад", "2020-07-11T10:00:00+09:00");
    check("3 дні тому", "2020-07-08");
    check("hace 3 días", "2020-07-08");
    check("hace una hora", "2020-07-11T11:00:00+09:00");
    check("vor 2 Tagen", "2020-07-09");
    check("vor einer Woche", "2020-07-04");
    check("gestern", "2020-07-10");
    check("il y a 3 jours", "2020-07-08");
    check("avant-hier", "2020-07-09");
    check("há 2 horas", "2020-07-11T10:00:00+09:00");
    check("2 giorni fa", "2020-07-09");
    check("2 dagen geleden", "2020-07-09");
    check("3 dni temu", "2020-07-08");
    check("2 gün önce", "2020-07-09");
    check("3 ngày trước", "2020-07-08");
    check("před 2 dny", "2020-07-09");
    check("2 päivää sitten", "2020-07-09");
}

#[test]
fn what_is_no_date() {
    for text in [
        "",
        "·",
        "댓글 3",
        "Kafka",
        "2020.13.10",
        "2020.02.30",
        "1969.12.31",
        "2020.07.20",
        "2120-01-01",
        "192.168.0.1",
        "v1.2.3 released, and this sentence is longer than any date",
        "120200710",
        "May the force be with you",
        "마지막 전",
        "99999999999999999999 days ago",
    ] {
        check(text, "none");
    }
    check("2020.07.12", "2020-07-12");
}

#[test]
fn a_full_date_comes_before_a_relative_one() {
    check("July 9, 2020 (2 days ago)", "2020-07-09");
    check("2020.07.09 (어제)", "2020-07-09");
}

#[test]
fn the_order_of_day_and_month_is_the_lists() {
    for (text, order, expected) in [
        ("10/07/2020", Order::DayFirst, "2020-07-10"),
        ("05/07/2020", Order::MonthFirst, "2020-05-07"),
        ("25/06/2020", Order::MonthFirst, "2020-06-25"),
        ("10.07.2020", Order::MonthFirst, "2020-07-10"),
        ("10-07-2020 14:05", Order::DayFirst, "2020-07-10T14:05:00+09:00"),
    ] {
        let read = read_in_order(text, &seoul(), noon(), order).unwrap().to_string();
        assert_eq!(read, expected, "{text:?} {order:?}");
    }
}

#[test]
fn a_recipes_format_is_followed() {
    for (text, format, expected) in [
        ("07/10/20", "%m/%d/%y", Some("2020-07-10")),
        ("10.07.2020 14.05", "%d.%m.%Y %H.%M", Some("2020-07-10T14:05:00+09:00")),
        ("2020-07-10 14:05:06 +0200", "%Y-%m-%d %H:%M:%S %z", Some("2020-07-10T14:05:06+02:00")),
        ("yesterday", "%m/%d/%y", None),
    ] {
        let read = read_with_format(text, format, &seoul()).map(|read| read.to_string());
        assert_eq!(read.as_deref(), expected, "{text:?} {format:?}");
    }
}

proptest::proptest! {
    #[test]
    fn a_day_is_read_however_it_is_written(day in 0i32..7_499, minute in 0i64..1_440) {
        let date = jiff::civil::date(2000, 1, 1).saturating_add(jiff::ToSpan::days(day));
        let (hours, minutes, whole) = (minute / 60, minute % 60, date.to_string());
        let months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
        let (year, number, day) = (date.year(), date.month(), date.day());
        let name = months[usize::from(number.unsigned_abs()) - 1];
        for written in [
            format!("{year}.{number:02}.{day:02}"),
            format!("{year}. {number}. {day}."),
            format!("{year}년 {number}월 {day}일"),
            format!("{year}年{number}月{day}日"),
            format!("{year}-{number:02}-{day:02}"),
            format!("{name} {day}, {year}"),
            format!("{day} {} {year}", &name[..3]),
        ] {
            let read = read(&written, &seoul(), noon()).map(|read| read.to_string());
            proptest::prop_assert_eq!(read.as_deref(), Some(whole.as_str()), "{}", written);
            let timed = format!("{written} {hours:02}:{minutes:02}");
            let expected = format!("{date}T{hours:02}:{minutes:02}:00+09:00");
            let read = super::read(&timed, &seoul(), noon()).map(|read| read.to_string());
            proptest::prop_assert_eq!(read.as_deref(), Some(expected.as_str()), "{}", timed);
        }
    }

    #[test]
    fn no_text_is_a_date_of_another_age(text in "\\PC{0,60}|[0-9/. :년월일전-]{0,24}") {
        if let Some(published) = read(&text, &seoul(), noon()) {
            let latest = noon() + jiff::SignedDuration::from_hours(72);
            proptest::prop_assert!(published.at.as_second() >= -50_400 && published.at < latest, "{} {}", text, published);
        }
    }
}
