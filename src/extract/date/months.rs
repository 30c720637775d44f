//! The names of months: one table for all who read dates.
//!
//! Vietnamese, Korean, Japanese and Chinese months are numbers.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::extract::quick::Quick;

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
pub(in crate::extract) fn month(word: &str) -> Option<i8> {
    static NUMBERS: LazyLock<HashMap<&str, i8, Quick>> = LazyLock::new(|| {
        (1_i8..).zip(NAMES).flat_map(|(number, names)| names.split(' ').map(move |name| (name, number))).collect()
    });
    // By the first byte the lengths of the names that begin so, a bit for each: most words are none, and told so.
    static LENGTHS: LazyLock<[u64; 256]> = LazyLock::new(|| {
        let mut lengths = [0; 256];
        names().for_each(|name| lengths[usize::from(name.as_bytes()[0])] |= 1 << name.len());
        lengths
    });
    let first = word.as_bytes().first().filter(|_| word.len() < 64)?;
    (LENGTHS[usize::from(*first)] & (1 << word.len()) != 0).then(|| NUMBERS.get(word).copied()).flatten()
}

/// All names.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().flat_map(|names| names.split(' ')).filter(|name| !name.is_empty())
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
}
