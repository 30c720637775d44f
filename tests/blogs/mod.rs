//! Writes index pages of blogs: layouts, languages, missing fields, and what stands beside the list.

use std::fmt::Write;

use jiff::civil::{Date, date};

/// A post as it was written into a page.
pub struct Post {
    pub path: String,
    pub title: String,
    /// `None` where the page shows none.
    pub date: Option<Date>,
    category: Option<&'static str>,
    excerpt: Option<String>,
}

/// How a page is laid out.
#[derive(Debug, Clone, Copy)]
pub enum Layout {
    /// An article with a linked heading, a meta line, an excerpt and a "read more".
    Cards,
    /// One link around picture, title, excerpt, category and date.
    WholeLink,
    /// A line of a list: date, then title.
    Lines,
    /// A table with a row a post.
    Table,
    /// Years as headings, month and day in the list.
    Archive,
    /// Picture link and title link apart, date as the second text of a meta line.
    Thumbnails,
    /// A featured post above a list of plain links with dates.
    Hero,
}

impl Layout {
    pub const ALL: [Self; 7] =
        [Self::Cards, Self::WholeLink, Self::Lines, Self::Table, Self::Archive, Self::Thumbnails, Self::Hero];
}

/// What stands beside the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoy {
    None,
    Products,
    Events,
}

/// How much of the markup says what it is.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub classes: bool,
    pub headings: bool,
    pub landmarks: bool,
    pub decoy: Decoy,
}

impl Look {
    pub const PLAIN: Self = Self { classes: true, headings: true, landmarks: true, decoy: Decoy::None };
}

/// The words of a language.
pub struct Language {
    pub tag: &'static str,
    titles: [&'static str; 8],
    excerpt: &'static str,
    more: &'static str,
    categories: [&'static str; 3],
    date: fn(Date) -> String,
    month_day: fn(Date) -> String,
}

fn month<'n>(names: &'n str, day: Date) -> &'n str {
    names.split(' ').nth(usize::try_from(day.month()).unwrap() - 1).unwrap()
}

impl Language {
    /// Fifteen languages, each with its own way to write dates.
    pub fn all() -> Vec<Self> {
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
        ]
    }
}

struct Writer<'l> {
    html: String,
    look: Look,
    language: &'l Language,
}

/// A page of eight posts, and the posts.
pub fn page(layout: Layout, language: &Language, look: Look, gaps: bool) -> (String, Vec<Post>) {
    let days = [
        date(2026, 10, 28),
        date(2026, 9, 14),
        date(2026, 7, 31),
        date(2026, 5, 2),
        date(2026, 1, 19),
        date(2025, 11, 25),
        date(2025, 8, 9),
        date(2025, 3, 17),
    ];
    let posts: Vec<Post> = (0..8)
        .map(|at| Post {
            path: match layout {
                Layout::Table | Layout::WholeLink => format!("/{}", 240 - 3 * at),
                Layout::Lines | Layout::Archive => format!("/{}/{:02}/note-{at}/", days[at].year(), days[at].month()),
                Layout::Cards | Layout::Thumbnails | Layout::Hero => format!("/posts/an-entry-about-{at}/"),
            },
            title: language.titles[at].to_owned(),
            date: (!gaps || at % 4 != 2).then_some(days[at]),
            category: (!gaps || at % 3 != 1).then_some(language.categories[at % 3]),
            excerpt: (!gaps || at % 5 != 3).then(|| format!("{} {}", language.excerpt, at + 1)),
        })
        .collect();
    let mut writer = Writer { html: String::new(), look, language };
    writer.begin();
    match layout {
        Layout::Archive => writer.archive(&posts),
        Layout::Table => writer.table(&posts),
        Layout::Hero => writer.hero(&posts),
        Layout::Cards | Layout::WholeLink | Layout::Lines | Layout::Thumbnails => {
            writer.open("div", "post-list");
            for post in &posts {
                match layout {
                    Layout::Cards => writer.card(post),
                    Layout::WholeLink => writer.whole_link(post),
                    Layout::Thumbnails => writer.thumbnail(post),
                    _ => writer.line(post),
                }
            }
            writer.html.push_str("</div>");
        }
    }
    writer.end(&posts);
    (writer.html, posts)
}

impl Writer<'_> {
    fn put(&mut self, text: &str) {
        self.html.push_str(text);
    }

    /// Opens an element, with its class where the look has classes.
    fn open(&mut self, tag: &str, class: &str) {
        if self.look.classes {
            write!(self.html, "<{tag} class=\"{class}\">").unwrap();
        } else {
            write!(self.html, "<{tag}>").unwrap();
        }
    }

    fn text(&mut self, tag: &str, class: &str, text: &str) {
        self.open(tag, class);
        self.put(text);
        write!(self.html, "</{tag}>").unwrap();
    }

    fn link(&mut self, path: &str, class: &str, text: &str) {
        let class = if self.look.classes { format!(" class=\"{class}\"") } else { String::new() };
        write!(self.html, "<a href=\"{path}\"{class}>{text}</a>").unwrap();
    }

    fn heading(&self) -> &'static str {
        if self.look.headings { "h2" } else { "div" }
    }

    fn landmark(&self, tag: &'static str) -> &'static str {
        if self.look.landmarks { tag } else { "div" }
    }

    fn date(&mut self, post: &Post) {
        if let Some(day) = post.date {
            let text = (self.language.date)(day);
            self.text("span", "date", &text);
        }
    }

    fn category(&mut self, post: &Post) {
        if let Some(category) = post.category {
            self.link(&format!("/category/{category}"), "category", category);
        }
    }

    fn excerpt(&mut self, post: &Post) {
        if let Some(excerpt) = &post.excerpt {
            self.text("p", "excerpt", excerpt);
        }
    }

    fn card(&mut self, post: &Post) {
        let (article, heading) = (self.landmark("article"), self.heading());
        self.open(article, "post");
        self.open(heading, "post-title");
        self.link(&post.path, "post-link", &post.title);
        write!(self.html, "</{heading}>").unwrap();
        self.open("div", "meta");
        self.date(post);
        self.category(post);
        self.put("</div>");
        self.excerpt(post);
        self.link(&post.path, "more", self.language.more);
        write!(self.html, "</{article}>").unwrap();
    }

    fn whole_link(&mut self, post: &Post) {
        let class = if self.look.classes { " class=\"entry\"" } else { "" };
        write!(self.html, "<a href=\"{}\"{class}><img src=\"/img{}.jpg\" alt=\"\">", post.path, post.path).unwrap();
        self.text("strong", "title", &post.title);
        self.excerpt(post);
        if let Some(category) = post.category {
            self.text("span", "category", category);
        }
        self.date(post);
        self.put("</a>");
    }

    fn line(&mut self, post: &Post) {
        self.open("div", "line");
        self.date(post);
        self.put(" ");
        self.link(&post.path, "link", &post.title);
        self.put("</div>");
    }

    fn thumbnail(&mut self, post: &Post) {
        self.open("div", "item");
        write!(self.html, "<a href=\"{0}\"><img src=\"/thumb{0}.jpg\" alt=\"\"></a>", post.path).unwrap();
        self.open("div", "body");
        self.link(&post.path, "title", &post.title);
        self.excerpt(post);
        self.open("p", "info");
        self.text("span", "author", "Kim Lee");
        self.date(post);
        self.category(post);
        self.put("</p></div></div>");
    }

    fn table(&mut self, posts: &[Post]) {
        self.put("<table><tbody>");
        for (at, post) in posts.iter().enumerate() {
            write!(self.html, "<tr><td>{}</td><td>", posts.len() - at).unwrap();
            self.link(&post.path, "subject", &post.title);
            self.put("</td><td>");
            self.date(post);
            write!(self.html, "</td><td>{}</td></tr>", 100 + 7 * at).unwrap();
        }
        self.put("</tbody></table>");
    }

    fn archive(&mut self, posts: &[Post]) {
        let heading = self.heading();
        let mut year = 0;
        for post in posts {
            let path_year: i16 = post.path[1..5].parse().unwrap();
            if path_year != year {
                if year != 0 {
                    self.put("</ul>");
                }
                year = path_year;
                self.text(heading, "year", &year.to_string());
                self.open("ul", "posts");
            }
            self.open("li", "post");
            if let Some(day) = post.date {
                let text = (self.language.month_day)(day);
                self.text("span", "day", &text);
            }
            self.link(&post.path, "link", &post.title);
            self.put("</li>");
        }
        self.put("</ul>");
    }

    fn hero(&mut self, posts: &[Post]) {
        let (first, rest) = posts.split_first().unwrap();
        let section = self.landmark("section");
        self.open(section, "featured");
        self.card(first);
        write!(self.html, "</{section}>").unwrap();
        self.open("div", "list");
        for post in rest {
            self.thumbnail(post);
        }
        self.put("</div>");
    }

    fn begin(&mut self) {
        write!(self.html, "<!doctype html><html lang=\"{}\"><head><title>Blog</title></head><body>", self.language.tag)
            .unwrap();
        let (header, nav, main) = (self.landmark("header"), self.landmark("nav"), self.landmark("main"));
        self.open(header, "site-header");
        self.link("/", "logo", "Blog");
        self.open(nav, "menu");
        for (path, text) in
            [("/about", "About"), ("/archives", "Archives"), ("/tags", "Tags"), ("/guestbook", "Guestbook")]
        {
            self.link(path, "menu-link", text);
        }
        write!(self.html, "</{nav}></{header}>").unwrap();
        if self.look.decoy == Decoy::Events {
            self.events();
        }
        self.open(main, "content");
    }

    fn end(&mut self, posts: &[Post]) {
        let (main, aside, footer) = (self.landmark("main"), self.landmark("aside"), self.landmark("footer"));
        self.open("div", "pagination");
        self.link("/page/2/", "next", "2");
        write!(self.html, "</div></{main}>").unwrap();
        if self.look.decoy == Decoy::Products {
            self.products();
        }
        self.open(aside, "sidebar");
        self.open("ul", "recent");
        for post in &posts[..4] {
            self.put("<li>");
            self.link(&post.path, "recent-link", &post.title);
            self.put("</li>");
        }
        self.put("</ul>");
        self.open("ul", "categories");
        for category in self.language.categories {
            self.put("<li>");
            self.link(&format!("/category/{category}"), "tree", &format!("{category} (12)"));
            self.put("</li>");
        }
        write!(self.html, "</ul></{aside}>").unwrap();
        self.open(footer, "site-footer");
        self.link("/privacy", "legal", "Privacy");
        write!(self.html, " © 2026</{footer}></body></html>").unwrap();
    }

    fn products(&mut self) {
        self.open("div", "shop");
        for name in ["Linen Lamp", "Walnut Shelf", "Copper Kettle", "Felt Rug", "Glass Vase", "Oak Stool"] {
            let path = format!("/shop/{}", name.to_lowercase().replace(' ', "-"));
            self.open("div", "product");
            write!(self.html, "<a href=\"{path}\"><img src=\"/i.jpg\" alt=\"{name}\"></a>").unwrap();
            self.link(&path, "product-name", name);
            write!(self.html, "<p>A fine {name} for your home, made by hand.</p><span>$49.00</span></div>").unwrap();
        }
        self.put("</div>");
    }

    fn events(&mut self) {
        self.open("ul", "events");
        for at in 0..12_i8 {
            let day = date(2026 + i16::from(at % 2), 1 + (at * 5) % 12, 1 + (at * 7) % 28);
            write!(self.html, "<li><span>{day}</span> ").unwrap();
            self.link(&format!("/events/meetup-no-{at}"), "event", &format!("Meetup in town no. {at}"));
            self.put("</li>");
        }
        self.put("</ul>");
    }
}
