//! The names of months, and the words by which pages say how long ago something was.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::words::among;

/// Month names in lower case, January first: full and short, as they stand alone and within a date.
///
/// Languages: en fr es pt it de nl pl ru uk tr cs fi el hu ro sv da no ca id hr ar hi th. Vietnamese, Korean,
/// Japanese and Chinese months are numbers.
const NAMES: [&str; 12] = [
    "january jan janvier janv enero ene janeiro gennaio gen januar jänner januari stycznia styczeń sty \
     января январь янв січня січень січ ocak oca ledna leden led tammikuuta tammikuu tammi ιανουαρίου \
     ιανουάριος ιαν január ianuarie ian gener siječnja siječanj يناير जनवरी มกราคม ม.ค",
    "february feb février fevrier févr fév fevr febrero fevereiro fev febbraio februar feber februari \
     lutego luty lut февраля февраль фев февр лютого лютий лют şubat şub února únor úno helmikuuta \
     helmikuu helmi φεβρουαρίου φεβρουάριος φεβ február februarie febr febrer veljače veljača فبراير \
     फ़रवरी फरवरी กุมภาพันธ์ ก.พ",
    "march mar mars marzo março marco märz mär mrz maart mrt marca marzec марта март мар березня \
     березень бер mart března březen bře maaliskuuta maaliskuu maalis μαρτίου μάρτιος μαρ március márc \
     martie març maret ožujka ožujak مارس मार्च มีนาคม มี.ค",
    "april apr avril avr abril abr aprile kwietnia kwiecień kwi апреля апрель апр квітня квітень кві \
     квіт nisan nis dubna duben dub huhtikuuta huhtikuu huhti απριλίου απρίλιος απρ április ápr aprilie \
     travnja travanj أبريل ابريل अप्रैल เมษายน เม.ย",
    "may mai mayo maio maggio mag mei maja maj мая май травня травень тра трав mayıs května květen kvě \
     toukokuuta toukokuu touko μαΐου μάιος μαϊ május máj maig svibnja svibanj مايو मई พฤษภาคม พ.ค",
    "june jun juin junio junho giugno giu juni czerwca czerwiec cze июня июнь июн червня червень чер \
     черв haziran haz června červen čvn kesäkuuta kesäkuu kesä ιουνίου ιούνιος ιουν június jún iunie iun \
     juny lipnja lipanj يونيو जून มิถุนายน มิ.ย",
    "july jul juillet juil julio julho luglio lug juli lipca lipiec lip июля июль июл липня липень лип \
     temmuz tem července červenec čvc heinäkuuta heinäkuu heinä ιουλίου ιούλιος ιουλ július júl iulie \
     iul juliol srpnja srpanj يوليو जुलाई กรกฎาคม ก.ค",
    "august aug août aout agosto ago augustus sierpnia sierpień sie августа август авг серпня серпень \
     сер серп ağustos ağu srpna srpen srp elokuuta elokuu elo αυγούστου αύγουστος αυγ augusztus augusti \
     agost agustus agu kolovoza kolovoz أغسطس अगस्त สิงหาคม ส.ค",
    "september sep sept septembre septiembre setiembre setembro set settembre września wrzesień wrz \
     сентября сентябрь сен сент вересня вересень вер eylül eyl září zář syyskuuta syyskuu syys \
     σεπτεμβρίου σεπτέμβριος σεπ szeptember szept septembrie setembre rujna rujan سبتمبر सितंबर सितम्बर \
     กันยายน ก.ย",
    "october oct octobre octubre outubro out ottobre ott oktober okt października październik paź \
     октября октябрь окт жовтня жовтень жов жовт ekim eki října říjen říj lokakuuta lokakuu loka \
     οκτωβρίου οκτώβριος οκτ október octombrie أكتوبر अक्टूबर ตุลาคม ต.ค",
    "november nov novembre noviembre novembro listopad listopada lis ноября ноябрь ноя нояб листопада \
     листопад лис kasım kas listopadu marraskuuta marraskuu marras νοεμβρίου νοέμβριος νοε noiembrie \
     studenoga studeni نوفمبر नवंबर नवम्बर พฤศจิกายน พ.ย",
    "december dec décembre decembre déc diciembre dic dezembro dez dicembre dezember grudnia grudzień \
     gru декабря декабрь дек грудня грудень гру груд aralık ara prosince prosinec pro joulukuuta \
     joulukuu joulu δεκεμβρίου δεκέμβριος δεκ decembrie desembre desember des prosinca prosinac ديسمبر \
     दिसंबर दिसम्बर ธันวาคม ธ.ค",
];

/// The month that a word in lower case names: 1 to 12. Polish `listopada` is November beside Polish words only;
/// Croatian `listopada` is October and loses: the former is far more common.
pub(super) fn month(word: &str) -> Option<i8> {
    static NUMBERS: LazyLock<HashMap<&str, i8>> = LazyLock::new(|| {
        (1_i8..).zip(NAMES).flat_map(|(number, names)| names.split(' ').map(move |name| (name, number))).collect()
    });
    NUMBERS.get(word).copied()
}

/// Words that alone say when: yesterday, just now.
const ALONE: &str = "yesterday today 어제 그저께 그제 오늘 방금 昨日 一昨日 今日 昨天 前天 刚刚 剛剛 今天 вчера сегодня позавчера вчора сьогодні \
    gestern vorgestern heute hier avant-hier ayer anteayer hoy ontem anteontem hoje ieri oggi gisteren \
    vandaag wczoraj dzisiaj dün bugün včera dnes";

/// Words behind a number and its unit.
const AGO: &[&str] = &[
    "ago",
    "назад",
    "тому",
    "fa",
    "geleden",
    "temu",
    "önce",
    "trước",
    "atrás",
    "전",
    "sitten",
    "sedan",
    "siden",
    "lalu",
];

/// Words before a number and its unit; what ends a number and its unit in one word.
const SINCE: &[&str] = &["vor", "hace", "há", "před", "acum", "πριν", "منذ", "a"];

/// Units that end so stand directly behind a number: `3시간전`, `2天前`, `5日前`.
const BEFORE_SUFFIXES: &[&str] = &["전", "前", "之前"];

/// Whether a short text says how long ago, or that it was yesterday.
pub(super) fn is_relative(text: &str) -> bool {
    if text.chars().count() > 40 {
        return false;
    }
    let lower = text.to_lowercase();
    let tokens: Vec<&str> = lower
        .split(|letter: char| letter.is_whitespace() || matches!(letter, ',' | '.' | '(' | ')' | '·' | '|' | ':'))
        .filter(|token| !token.is_empty())
        .collect();
    if tokens.len() <= 3 && tokens.iter().any(|token| among(ALONE, token))
        || lower.contains("just now")
        || lower.contains("hôm qua")
        || lower == "방금 전"
    {
        return true;
    }
    let number = |token: &&str| {
        token.starts_with(|letter: char| letter.is_numeric())
            || matches!(*token, "a" | "an" | "one" | "einem" | "einer" | "un" | "une" | "una")
    };
    tokens.iter().enumerate().any(|(at, token)| {
        let counted = tokens[..at].iter().rev().take(3).any(number);
        let glued = token.starts_with(|letter: char| letter.is_numeric())
            && BEFORE_SUFFIXES.iter().any(|end| token.ends_with(end));
        let spread = at > 0 && number(&tokens[at - 1]) && BEFORE_SUFFIXES.iter().any(|end| token.ends_with(end));
        (counted && AGO.contains(token))
            || glued
            || spread
            || (SINCE.contains(token)
                && *token != "a"
                && tokens.get(at + 1).is_some_and(number)
                && tokens.len() > at + 2)
            || (*token == "il" && tokens.get(at + 1..at + 3) == Some(&["y", "a"]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_names_in_many_languages() {
        for (word, expected) in [
            ("july", 7),
            ("juil", 7),
            ("märz", 3),
            ("жовтня", 10),
            ("września", 9),
            ("listopad", 11),
            ("กรกฎาคม", 7),
            ("srpna", 8),
        ] {
            assert_eq!(month(word), Some(expected), "{word}");
        }
        assert_eq!(month("maybe"), None);
    }

    #[test]
    fn how_long_ago_is_told_in_many_languages() {
        for text in [
            "3시간 전",
            "3시간전",
            "어제",
            "방금 전",
            "2 days ago",
            "an hour ago",
            "yesterday",
            "3天前",
            "2 小时前",
            "5日前",
            "3 дня назад",
            "вчера",
            "vor 3 Tagen",
            "hace 2 días",
            "il y a 3 jours",
            "há 2 dias",
            "2 giorni fa",
            "3 dagen geleden",
            "2 dni temu",
            "3 gün önce",
            "2 ngày trước",
        ] {
            assert!(is_relative(text), "{text:?}");
        }
        for text in
            ["3 comments", "Ago Smith", "5 min read", "전체 보기", "Hier steht ein langer Satz über ein Haus", "12"]
        {
            assert!(!is_relative(text), "{text:?}");
        }
    }
}
