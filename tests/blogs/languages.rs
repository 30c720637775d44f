//! The words of sixteen languages, each with its own way to write dates.

use jiff::civil::Date;

/// The words of a language.
pub(crate) struct Language {
    pub(crate) tag: &'static str,
    pub(crate) titles: [&'static str; 8],
    pub(crate) excerpt: &'static str,
    pub(crate) more: &'static str,
    pub(crate) categories: [&'static str; 3],
    pub(crate) date: fn(Date) -> String,
    pub(crate) month_day: fn(Date) -> String,
}

fn month(names: &str, day: Date) -> &str {
    names.split(' ').nth(usize::try_from(day.month()).unwrap() - 1).unwrap()
}

impl Language {
    /// Sixteen languages, each with its own way to write dates.
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub(crate) fn all() -> Vec<Self> {
        let digits = |day: Date| format!("{:02}-{:02}", day.month(), day.day());
        let of = |tag, titles: &'static str, excerpt, more, categories: &'static str, date, month_day| Self {
            tag,
            titles: titles.split('|').collect::<Vec<_>>().try_into().unwrap(),
            excerpt,
            more,
            categories: categories.split('|').collect::<Vec<_>>().try_into().unwrap(),
            date,
            month_day,
        };
        vec![
            of(
                "en",
                "Why we moved to a monorepo|Notes on garbage collection|A week in the mountains|Understanding lifetimes|Ten small habits|How to read a paper|Release 2.0|My new keyboard",
                "Some thoughts about what happened and what we would do in another way next time around.",
                "Read more",
                "Programming|Travel|Life",
                |d| {
                    format!(
                        "{} {}, {}",
                        month(
                            "January February March April May June July August September October November December",
                            d
                        ),
                        d.day(),
                        d.year()
                    )
                },
                digits,
            ),
            of(
                "ko",
                "카프카 컨슈머 그룹 이해하기|동기화|여름 휴가 기록|새 키보드를 샀다|쿠버네티스 노드 스케줄링|자바 스트림 정리|책상 정리|트랜잭션 전파와 격리 수준",
                "이번 글에서는 실제 운영 환경에서 겪은 문제와 해결 과정을 순서대로 정리합니다.",
                "더보기",
                "개발|여행|일상",
                |d| format!("{}. {}. {}.", d.year(), d.month(), d.day()),
                digits,
            ),
            of(
                "ja",
                "型推論の仕組みを理解する|夏休みの記録|新しいキーボード|設計について考えたこと|分散システム入門|本棚の整理|メモリ管理の基礎|京都への旅",
                "この記事では実際に経験した問題とその解決までの流れを順番にまとめます。",
                "続きを読む",
                "開発|旅行|日常",
                |d| format!("{}年{}月{}日", d.year(), d.month(), d.day()),
                digits,
            ),
            of(
                "zh",
                "理解垃圾回收的原理|周末去爬山|我的新键盘|分布式事务笔记|读书笔记|编译器优化入门|搬家记|内存模型详解",
                "本文按顺序整理在实际环境中遇到的问题和解决的过程，供以后参考。",
                "阅读全文",
                "技术|旅行|生活",
                |d| format!("{}-{:02}-{:02}", d.year(), d.month(), d.day()),
                digits,
            ),
            of(
                "de",
                "Warum wir umgezogen sind|Notizen zur Speicherverwaltung|Eine Woche in den Bergen|Lebenszeiten verstehen|Zehn kleine Gewohnheiten|Wie man ein Paper liest|Meine neue Tastatur|Frühjahrsputz",
                "Ein paar Gedanken darüber, was geschehen ist und was wir beim nächsten Mal anders machen.",
                "Weiterlesen",
                "Technik|Reisen|Alltag",
                |d| {
                    format!(
                        "{}. {} {}",
                        d.day(),
                        month("Januar Februar März April Mai Juni Juli August September Oktober November Dezember", d),
                        d.year()
                    )
                },
                digits,
            ),
            of(
                "fr",
                "Pourquoi nous avons déménagé|Notes sur la mémoire|Une semaine à la montagne|Comprendre les durées de vie|Dix petites habitudes|Lire un article|Mon nouveau clavier|Grand ménage",
                "Quelques réflexions sur ce qui s'est passé et sur ce que nous ferions autrement.",
                "Lire la suite",
                "Technique|Voyage|Vie",
                |d| {
                    format!(
                        "{} {} {}",
                        d.day(),
                        month(
                            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
                            d
                        ),
                        d.year()
                    )
                },
                digits,
            ),
            of(
                "es",
                "Por qué nos mudamos|Notas sobre la memoria|Una semana en la montaña|Entender los tiempos de vida|Diez pequeños hábitos|Cómo leer un artículo|Mi teclado nuevo|Limpieza general",
                "Algunas ideas sobre lo que pasó y lo que haríamos de otra manera la próxima vez.",
                "Leer más",
                "Técnica|Viajes|Vida",
                |d| {
                    format!(
                        "{} de {} de {}",
                        d.day(),
                        month(
                            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
                            d
                        ),
                        d.year()
                    )
                },
                digits,
            ),
            of(
                "pt",
                "Por que mudamos|Notas sobre memória|Uma semana na serra|Entender tempos de vida|Dez pequenos hábitos|Como ler um artigo|Meu teclado novo|Faxina geral",
                "Algumas ideias sobre o que aconteceu e o que faríamos de outra forma da próxima vez.",
                "Leia mais",
                "Técnica|Viagem|Vida",
                |d| format!("{:02}/{:02}/{}", d.day(), d.month(), d.year()),
                digits,
            ),
            of(
                "ru",
                "Почему мы переехали|Заметки о памяти|Неделя в горах|Понимание времён жизни|Десять привычек|Как читать статьи|Новая клавиатура|Генеральная уборка",
                "Несколько мыслей о том, что случилось и что мы сделали бы иначе в следующий раз.",
                "Читать далее",
                "Техника|Поездки|Жизнь",
                |d| {
                    format!(
                        "{} {} {} г.",
                        d.day(),
                        month("января февраля марта апреля мая июня июля августа сентября октября ноября декабря", d),
                        d.year()
                    )
                },
                digits,
            ),
            of(
                "it",
                "Perché ci siamo trasferiti|Appunti sulla memoria|Una settimana in montagna|Capire i tempi di vita|Dieci piccole abitudini|Come leggere un articolo|La mia nuova tastiera|Pulizie di primavera",
                "Qualche pensiero su quello che è successo e su cosa faremmo diversamente.",
                "Leggi tutto",
                "Tecnica|Viaggi|Vita",
                |d| {
                    format!(
                        "{} {} {}",
                        d.day(),
                        month(
                            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
                            d
                        ),
                        d.year()
                    )
                },
                digits,
            ),
            of(
                "nl",
                "Waarom we verhuisd zijn|Notities over geheugen|Een week in de bergen|Levensduren begrijpen|Tien kleine gewoonten|Hoe lees je een paper|Mijn nieuwe toetsenbord|Voorjaarsschoonmaak",
                "Enkele gedachten over wat er gebeurde en wat we de volgende keer anders zouden doen.",
                "Lees meer",
                "Techniek|Reizen|Leven",
                |d| {
                    format!(
                        "{} {} {}",
                        d.day(),
                        month(
                            "januari februari maart april mei juni juli augustus september oktober november december",
                            d
                        ),
                        d.year()
                    )
                },
                digits,
            ),
            of(
                "pl",
                "Dlaczego się przenieśliśmy|Notatki o pamięci|Tydzień w górach|Zrozumieć czasy życia|Dziesięć nawyków|Jak czytać artykuły|Nowa klawiatura|Wiosenne porządki",
                "Kilka myśli o tym, co się wydarzyło i co następnym razem zrobilibyśmy inaczej.",
                "Czytaj dalej",
                "Technika|Podróże|Życie",
                |d| {
                    format!(
                        "{} {} {}",
                        d.day(),
                        month(
                            "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
                            d
                        ),
                        d.year()
                    )
                },
                digits,
            ),
            of(
                "tr",
                "Neden taşındık|Bellek üzerine notlar|Dağlarda bir hafta|Yaşam sürelerini anlamak|On küçük alışkanlık|Makale nasıl okunur|Yeni klavyem|Bahar temizliği",
                "Neler olduğu ve bir dahaki sefere neyi farklı yapacağımız üzerine birkaç düşünce.",
                "Devamını oku",
                "Teknik|Gezi|Yaşam",
                |d| format!("{:02}.{:02}.{}", d.day(), d.month(), d.year()),
                digits,
            ),
            of(
                "uk",
                "Чому ми переїхали|Нотатки про пам'ять|Тиждень у горах|Розуміння часів життя|Десять звичок|Як читати статті|Нова клавіатура|Генеральне прибирання",
                "Кілька думок про те, що сталося і що ми наступного разу зробили б інакше.",
                "Читати далі",
                "Техніка|Подорожі|Життя",
                |d| {
                    format!(
                        "{} {} {}",
                        d.day(),
                        month(
                            "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
                            d
                        ),
                        d.year()
                    )
                },
                digits,
            ),
            of(
                "vi",
                "Vì sao chúng tôi chuyển nhà|Ghi chú về bộ nhớ|Một tuần trên núi|Hiểu về vòng đời|Mười thói quen nhỏ|Cách đọc một bài báo|Bàn phím mới|Dọn dẹp nhà cửa",
                "Một vài suy nghĩ về những gì đã xảy ra và điều chúng tôi sẽ làm khác đi lần sau.",
                "Đọc tiếp",
                "Kỹ thuật|Du lịch|Cuộc sống",
                |d| format!("{} tháng {}, {}", d.day(), d.month(), d.year()),
                digits,
            ),
            of(
                "ar",
                "لماذا انتقلنا إلى بيت آخر|ملاحظات عن الذاكرة|أسبوع في الجبال|فهم دورات الحياة|عشر عادات صغيرة|كيف تقرأ بحثا|لوحة مفاتيح جديدة|ترتيب البيت",
                "بعض الأفكار حول ما حدث وما سنفعله بطريقة أخرى في المرة القادمة.",
                "اقرأ المزيد",
                "تقنية|سفر|حياة",
                |d| {
                    format!(
                        "{} {}، {}",
                        d.day(),
                        month("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر", d),
                        d.year()
                    )
                },
                digits,
            ),
        ]
    }
}
