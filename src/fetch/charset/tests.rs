//! What pages come as, and what must be read.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, GB18030, GBK, SHIFT_JIS, WINDOWS_1251};

use super::*;

const KOREAN: &str = "느린 개발자의 기록입니다. 오늘은 카프카의 파티션에 대해서 알아보겠습니다. 똠방각하";
const JAPANESE: &str = "遅い開発者の記録です。今日はカフカのパーティションについて調べます。";
const CHINESE: &str = "慢开发者的记录。今天我们来了解一下卡夫卡的分区，以及消费者组的工作方式。";
const RUSSIAN: &str = "Записки медленного разработчика. Сегодня поговорим о разделах Кафки и потребителях.";
const FRENCH: &str = "Un développeur très lent écrit ici, où qu’il soit, à la façon d’un naïf élève.";

fn check(bytes: &[u8], content_type: Option<&str>, expected: &str) {
    assert_eq!(decode(bytes, content_type, None), expected, "{content_type:?}");
}

fn in_charset(encoding: &'static Encoding, text: &str) -> Vec<u8> {
    let (bytes, _, unmappable) = encoding.encode(text);
    assert!(!unmappable, "{text}");
    bytes.into_owned()
}

#[test]
fn declared_in_the_header() {
    for (encoding, text) in [
        (EUC_KR, KOREAN),
        (SHIFT_JIS, JAPANESE),
        (EUC_JP, JAPANESE),
        (ISO_2022_JP, JAPANESE),
        (GBK, CHINESE),
        (GB18030, CHINESE),
        (BIG5, "慢開發者的記錄"),
        (WINDOWS_1251, RUSSIAN),
        (WINDOWS_1252, FRENCH),
    ] {
        let header = format!("text/html; charset={}", encoding.name().to_lowercase());
        check(&in_charset(encoding, text), Some(&header), text);
    }
    check(&in_charset(EUC_KR, KOREAN), Some("text/html;CHARSET = \"KS_C_5601-1987\"; x=y"), KOREAN);
    check(&in_charset(WINDOWS_1252, FRENCH), Some("text/html; charset='iso-8859-1'"), FRENCH);
}

#[test]
fn declared_in_the_document() {
    for head in [
        "<meta charset=euc-kr>",
        "<html><head><META CharSet = 'EUC-KR' />",
        "<meta name=a content=\"charset=utf-8\"><meta charset=\"euc-kr\">",
        "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=euc-kr\">",
        "<meta content='text/html;charset=ks_c_5601-1987' http-equiv=content-type>",
        "<!-- <meta charset=windows-1251> --><meta charset=euc-kr>",
        "<?xml version=\"1.0\" encoding=\"euc-kr\"?><rss>",
        "<metadata charset=gbk><meta charset=euc-kr>",
    ] {
        let page = format!("{head}<p>한글");
        check(&in_charset(EUC_KR, &page), Some("text/html"), &page);
    }
}

#[test]
fn what_the_bytes_are_beats_what_is_said() {
    let page = format!("<meta charset=euc-kr><p>{KOREAN}");
    check(page.as_bytes(), Some("text/html; charset=euc-kr"), &page);
    check(&in_charset(EUC_KR, &page), Some("text/html; charset=utf-8"), &page);
    check(&in_charset(EUC_KR, &page), Some("text/html; charset=iso-8859-1"), &page);
    let lying = format!("<meta charset=utf-8><p>{KOREAN}");
    check(&in_charset(EUC_KR, &lying), Some("text/html; charset=utf-8"), &lying);
    check(&in_charset(EUC_KR, &lying), None, &lying);
    let short = "<meta charset=euc-kr><p>한글";
    check(&in_charset(EUC_KR, short), Some("text/html; charset=utf-8"), short);
}

#[test]
fn undeclared() {
    check(KOREAN.as_bytes(), None, KOREAN);
    check(&in_charset(EUC_KR, KOREAN), None, KOREAN);
    check(&in_charset(SHIFT_JIS, JAPANESE), None, JAPANESE);
    check(&in_charset(GBK, CHINESE), None, CHINESE);
    check(&in_charset(WINDOWS_1251, RUSSIAN), None, RUSSIAN);
    check(&in_charset(WINDOWS_1252, FRENCH), None, FRENCH);
    assert_eq!(decode(&in_charset(EUC_KR, "<p>새 글"), None, Some("kr")), "<p>새 글");
    assert_eq!(decode(&in_charset(EUC_KR, KOREAN), None, Some("XN--한")), KOREAN, "a strange label does no harm");
}

#[test]
fn byte_order_marks() {
    let utf16 = |little: bool| -> Vec<u8> {
        let unit = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        "\u{feff}".encode_utf16().chain(KOREAN.encode_utf16()).flat_map(unit).collect()
    };
    check(&utf16(true), Some("text/html; charset=utf-8"), KOREAN);
    check(&utf16(false), None, KOREAN);
    check(format!("\u{feff}{KOREAN}").as_bytes(), Some("text/html; charset=euc-kr"), KOREAN);
    let bare: Vec<u8> = "<p>plain".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&bare, Some("text/html; charset=utf-16le"), "<p>plain");
}

#[test]
fn accidents_do_not_change_the_charset() {
    // A UTF-8 page with an excerpt cut within a character.
    let mut broken = format!("<p>{KOREAN}").into_bytes();
    broken.extend_from_slice(&"한".as_bytes()[..2]);
    broken.extend_from_slice(b"</p>");
    for header in [None, Some("text/html; charset=utf-8"), Some("text/html; charset=euc-kr")] {
        check(&broken, header, &format!("<p>{KOREAN}\u{fffd}</p>"));
    }
    // The same in EUC-KR: guessing would find a charset of single bytes that reads it without complaint.
    let mut broken = in_charset(EUC_KR, &format!("<p>{KOREAN}</p>"));
    broken.extend_from_slice(b"\xff<p>");
    let text = decode(&broken, Some("text/html; charset=euc-kr"), None);
    assert_eq!(text, format!("<p>{KOREAN}</p>\u{fffd}<p>"));
}

#[test]
fn nonsense_is_read_somehow() {
    for header in [None, Some(""), Some("charset"), Some("text/html; charset="), Some("text/html; charset=klingon")] {
        check(b"plain", header, "plain");
        check(b"", header, "");
    }
    check(KOREAN.as_bytes(), Some("text/html; charset=iso-2022-kr"), KOREAN);
    for head in ["<meta", "<meta ", "<meta charset", "<meta charset=", "<meta charset=\"x", "<!--", "<?xml", "<"] {
        let bytes = in_charset(EUC_KR, &format!("{KOREAN}{head}"));
        check(&bytes, None, &format!("{KOREAN}{head}"));
        check(head.as_bytes(), None, head);
    }
    let all: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    assert!(!decode(&all, Some("text/html; charset=utf-8"), Some("kr")).is_empty());
}
