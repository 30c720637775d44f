//! Configurations as people write them: what is understood, and what is said of each kind of mistake.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use sosik::config::{Catalogue, Config, ConfigError, Language, Overrides, Problem, RecipeFault, load, parse};
use sosik::fetch;
use sosik::model::feed::Format;
use sosik::model::json::{JsonRecipe, JsonRules};
use sosik::model::source::{Backfill, HtmlRecipe, Layout, Recipe};
use sosik::notify::options::Enabled;
use sosik::store::StoreLocation;

const MISTAKES: &str = include_str!("config/mistakes.txt");

/// A catalogue with two presets, in which `(` begins a selector that cannot be read.
fn with_catalogue<T>(act: impl FnOnce(&Catalogue<'_>) -> T) -> T {
    let named = |name: &str| {
        let html = ["tistory", "velog"].contains(&name).then(|| HtmlRecipe {
            preset: Some(name.to_owned()),
            layouts: ["plain-list", "cards"]
                .map(|layout| Layout {
                    name: layout.to_owned(),
                    post: format!(".{layout}"),
                    title: Some("h2".to_owned()),
                    ..Layout::default()
                })
                .to_vec(),
            ..HtmlRecipe::default()
        });
        html.map(Recipe::Html)
    };
    let check_recipe = |recipe: &Recipe| {
        let recipe = match recipe {
            Recipe::Html(recipe) => recipe,
            Recipe::Json(recipe) => return check_json(&recipe.rules),
        };
        for layout in &recipe.layouts {
            for (key, selector) in [("post", Some(&layout.post)), ("date", layout.date.as_ref())] {
                if let Some(selector) = selector.filter(|selector| selector.starts_with('(')) {
                    return Err(RecipeFault {
                        key: key.to_owned(),
                        message: format!("no selector begins like {selector:?}"),
                    });
                }
            }
        }
        Ok(())
    };
    act(&Catalogue {
        named: &named,
        names: vec!["tistory".to_owned(), "velog".to_owned()],
        check_recipe: &check_recipe,
    })
}

/// A path that begins with `(` cannot be read, and a cursor needs a `next`.
fn check_json(rules: &JsonRules) -> Result<(), RecipeFault> {
    let wrong = |key: &str, message: &str| Err(RecipeFault { key: key.to_owned(), message: message.to_owned() });
    if rules.post.starts_with('(') {
        return wrong("post", "no path begins like that");
    }
    if rules.endpoint.as_ref().is_some_and(|endpoint| endpoint.contains("{cursor}")) && rules.next.is_none() {
        return wrong("next", "{cursor} needs a `next` to come from");
    }
    Ok(())
}

fn env(name: &str) -> Option<String> {
    (name == "HOME").then(|| "/home/reader".to_owned())
}

fn read(text: &str, overrides: &Overrides) -> Result<Config, ConfigError> {
    with_catalogue(|catalogue| parse(text, Path::new("/blogs/sosik.toml"), overrides, &env, catalogue))
}

fn good(text: &str) -> Config {
    read(text, &Overrides::default()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_kind_of_mistake_names_its_line_and_what_to_write() {
    let mut told = String::new();
    for (index, text) in MISTAKES.split("\n----\n").enumerate() {
        let text = text.trim_matches('\n');
        let error = read(text, &Overrides::default()).map(|config| config.warnings).expect_err(text);
        assert!(!error.problems.is_empty());
        if index > 0 {
            told.push_str("\n\n");
        }
        for (line, written) in text.lines().enumerate() {
            writeln!(told, "{:>3} | {written}", line + 1).unwrap();
        }
        told.push_str(&error.to_string());
    }
    insta::assert_snapshot!("mistakes", told);
}

#[test]
fn every_key_of_the_contract_is_understood() {
    let config = good(include_str!("config/full.toml"));
    assert_eq!(config.language, Language::Ko);
    assert_eq!(config.file.as_deref(), Some(Path::new("/blogs/sosik.toml")));
    assert_eq!(config.store.file(), Some(Path::new("/state/sosik.db")));
    assert_eq!(config.publish.dir.as_deref(), Some(Path::new("/state/feeds")));
    assert_eq!(config.publish.formats, [Format::Atom, Format::Json]);
    assert_eq!(config.publish.base_url.as_str(), "https://feeds.example.org/");
    assert_eq!(config.feeds.entries, 0);
    assert_eq!(config.fetch.user_agent, "reader (me@example.org)");
    assert_eq!(config.fetch.timeout, SignedDuration::from_secs(30));
    assert_eq!(config.fetch.max_body, bytesize::ByteSize::mib(2));
    assert_eq!(config.fetch.host_gap, SignedDuration::from_millis(1500));
    let host = fetch::HostOptions { name: "127.0.0.1".to_owned(), gap: Some(SignedDuration::ZERO), width: Some(64) };
    assert_eq!(config.fetch.host, [host]);
    assert_eq!(config.serve.listen, ["[::1]:7878", "/state/http.sock"]);
    assert_eq!(config.notify.desktop.enabled, Enabled::No);
    assert_eq!((config.notify.desktop.apart, config.notify.desktop.at_most.as_str()), (1, "10/30m"));
    assert_eq!((config.notify.failures, config.notify.gives_up_after()), (5, SignedDuration::from_hours(48)));
    let [work, rest] = config.notify.rules.as_slice() else { panic!("{:?}", config.notify.rules) };
    assert_eq!((work.digest.as_deref(), work.about.len()), (Some("daily 08:00"), 2));
    assert_eq!(rest.channels, Some(Vec::new()));
    insta::assert_json_snapshot!("sources", serde_json::to_value(&*config.sources).unwrap());
    let warnings: Vec<_> = config.warnings.iter().map(Problem::to_string).collect();
    insta::assert_snapshot!("warnings", warnings.join("\n"));
}

#[test]
fn an_empty_file_is_all_default() {
    let config = good("");
    assert_eq!(config.store.file(), Some(Path::new("/home/reader/.local/state/sosik/sosik.db")));
    assert_eq!(config.publish.dir.as_deref(), Some(Path::new("/home/reader/.local/share/sosik/feeds")));
    assert_eq!(config.serve.listen, ["127.0.0.1:7878"]);
    assert_eq!((config.language, config.sources.len()), (Language::En, 0));
    assert_eq!(config.fetch, fetch::Options::default());
    assert_eq!(good("[publish]\ndir = \"\"").publish.dir, None);
}

#[test]
fn a_file_of_windows_reads_like_any_other() {
    assert_eq!(good("\u{feff}language = \"ko\"\r\n[feeds]\r\nentries = 7\r\n").feeds.entries, 7);
    let error = read("\u{feff}language = \"ko\"\r\n\r\ncolour = 1\r\n", &Overrides::default()).unwrap_err();
    assert_eq!(error.problems[0].line, Some(3));
}

#[test]
fn a_list_of_thousands_reads_like_any_other() {
    let source =
        |number: usize| format!("[[source]]\nurl = \"https://blog-{number}.example.org/posts/\"\npaused = true\n\n");
    let many: String = (0..9_000).map(source).collect();
    let read_all = good(&many);
    assert_eq!(read_all.sources.len(), 9_000);
    for at in [0, 4_500, 8_999] {
        assert_eq!(read_all.sources[at], good(&source(at)).sources[0]);
    }
    // An id that is suggested makes way for one that is written, wherever that stands.
    let first = read_all.sources[0].id.to_string();
    let named = good(&format!("{many}id = \"{first}\"\n"));
    assert_eq!(named.sources[8_999].id.as_str(), first);
    assert_eq!(named.sources[0].id.as_str(), format!("{first}-2"));
    assert_eq!(named.sources[1..8_999], read_all.sources[1..8_999]);
    // Each is told with its line.
    let twice = many.replacen("blog-7000.", "blog-0.", 1);
    let wrong = twice.replacen("paused = true", "paused = 7", 4_001).replacen("paused = 7", "paused = true", 4_000);
    let problems = read(&wrong, &Overrides::default()).unwrap_err().problems;
    assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [Some(4 * 4_000 + 3)]);
    let warned = good(&twice).warnings;
    assert!(warned.iter().all(|warning| warning.line > Some(4 * 7_000)), "{warned:?}");
    assert_ne!(warned, []);
}

#[test]
fn arguments_win_over_the_file() {
    let overrides = Overrides { config: None, state: Some("/s".into()), publish: Some("/p".into()) };
    let config = read("[store]\nurl = \"sqlite:a.db\"\n[publish]\ndir = \"b\"", &overrides).unwrap();
    assert_eq!(config.store.file(), Some(Path::new("/s/sosik.db")));
    assert_eq!(config.publish.dir.as_deref(), Some(Path::new("/p")));
    let no_files = Overrides { publish: Some(PathBuf::new()), ..overrides };
    assert_eq!(read("", &no_files).unwrap().publish.dir, None);
}

#[test]
fn a_state_may_be_on_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "postgres://sosik:s3cret@db.example/sosik\n").unwrap();
    let file = format!("[store]\nurl_file = \"{}\"\npool = 3\n", secret.display());
    for text in ["[store]\nurl = \"postgres://sosik:s3cret@db.example/sosik\"\npool = 3\n", &file] {
        let config = good(text);
        let StoreLocation::Postgres(server) = &config.store else { panic!("{:?}", config.store) };
        assert_eq!((server.shown(), server.pool()), ("postgres://sosik@db.example/sosik", 3));
        assert_eq!(server.url().unwrap().expose(), "postgres://sosik:s3cret@db.example/sosik");
        assert!(config.store.is_shared() && config.store.file().is_none() && config.publish.dir.is_none());
        assert_eq!(config.store.folder(), Path::new("/home/reader/.local/state/sosik"));
        assert!(!format!("{config:?}").contains("s3cret"));
    }
    let unread = good("[store]\nurl_env = \"SOSIK_NOT_SET\"\n");
    assert!(unread.store.is_shared());
    assert_eq!(unread.unusable[0].line, Some(2));
    let both = read("[store]\nurl = \"sqlite:a.db\"\nurl_env = \"DB\"\n", &Overrides::default()).unwrap_err();
    assert_eq!(both.problems[0].line, Some(3), "{both}");
    std::fs::write(&secret, "sqlite:s3cret.db").unwrap();
    let wrong = read(&file, &Overrides::default()).unwrap_err();
    assert!(wrong.to_string().contains("no URL of PostgreSQL") && !wrong.to_string().contains("s3cret"), "{wrong}");
    let overridden = Overrides { state: Some("/s".into()), ..Overrides::default() };
    let config = read("[store]\nurl = \"postgres://db/sosik\"\n[publish]\ndir = \"f\"\n", &overridden).unwrap();
    assert_eq!(config.store.file(), Some(Path::new("/s/sosik.db")), "a folder that is named holds it in a file");
}

#[test]
fn a_recipe_overrides_its_preset_in_every_layout() {
    let config = good(
        "[[source]]\nurl = \"https://a.tistory.com/\"\npreset = \"tistory\"\n[source.recipe]\ntitle = \"b @title\"\n\
         [[source]]\nurl = \"https://b.example/\"\n[source.recipe]\npost = \"li\"\ndate = \"time\"\n\
         [[source]]\nurl = \"https://c.example/\"\n",
    );
    let layouts = |index: usize| {
        let Recipe::Html(recipe) = &*config.sources[index].recipe else { panic!("these are recipes of HTML") };
        recipe.layouts.iter().map(|layout| (layout.post.clone(), layout.title.clone())).collect::<Vec<_>>()
    };
    let title = Some("b @title".to_owned());
    assert_eq!(layouts(0), [(".plain-list".to_owned(), title.clone()), (".cards".to_owned(), title)]);
    assert_eq!(layouts(1), [("li".to_owned(), None)]);
    assert_eq!(layouts(2), []);
}

#[test]
fn an_endpoint_is_a_recipe_of_paths() {
    let config = good(
        "[[source]]\nurl = \"https://a.example/blog\"\n[source.recipe]\nformat = \"json\"\n\
         endpoint = \"{origin}/api?page={page}\"\nbody = '{ \"p\": \"{page}\" }'\npost = \"data.posts[]\"\n\
         link = \"https://a.example/{slug}\"\ntotal = \"data.total\"\n",
    );
    let rules = JsonRules {
        endpoint: Some("{origin}/api?page={page}".into()),
        body: Some(r#"{ "p": "{page}" }"#.into()),
        post: "data.posts[]".into(),
        link: Some("https://a.example/{slug}".into()),
        total: Some("data.total".into()),
        ..JsonRules::default()
    };
    assert_eq!(*config.sources[0].recipe, Recipe::Json(Box::new(JsonRecipe { rules, ..JsonRecipe::default() })));
}

#[test]
fn ids_that_were_not_written_make_way() {
    let config = good(
        "[[source]]\nurl = \"https://slow-dev.tistory.com/category\"\n\
         [[source]]\nurl = \"https://slow-dev.tistory.com/\"\n\
         [[source]]\nid = \"slow-dev\"\nurl = \"https://else.example/\"\n\
         [[source]]\nurl = \"file:page.html\"\nbase_url = \"https://paper.example/\"\n",
    );
    let ids: Vec<_> = config.sources.iter().map(|source| source.id.as_str()).collect();
    assert_eq!(ids, ["slow-dev-2", "slow-dev-3", "slow-dev", "paper-example"]);
    assert_eq!(config.sources[0].backfill, Backfill::All);
}

#[test]
fn files_are_looked_for_in_order() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("sosik");
    std::fs::create_dir(&folder).unwrap();
    let user = folder.join("sosik.toml");
    let named = home.path().join("named.toml");
    let find = |overrides: &Overrides, sosik_config: Option<&Path>| {
        let env = |name: &str| match name {
            "XDG_CONFIG_HOME" | "HOME" => Some(home.path().display().to_string()),
            "SOSIK_CONFIG" => sosik_config.map(|path| path.display().to_string()),
            _ => None,
        };
        with_catalogue(|catalogue| load(overrides, &env, catalogue))
    };
    let argument = Overrides { config: Some(named.clone()), ..Overrides::default() };

    let missing = find(&argument, None).unwrap_err();
    assert_eq!(missing.problems[0].message, "there is no such file, and --config names it");
    let missing = find(&Overrides::default(), Some(&named)).unwrap_err();
    assert_eq!(missing.problems[0].message, "there is no such file, and $SOSIK_CONFIG names it");
    let folder_named = find(&Overrides { config: Some(folder), ..Overrides::default() }, None).unwrap_err();
    assert_eq!(folder_named.problems[0].message, "this is a folder, not a file");

    std::fs::write(&user, "language = \"ko\"").unwrap();
    assert_eq!(find(&Overrides::default(), None).unwrap().file, Some(user));
    std::fs::write(&named, "language = \"en\"").unwrap();
    assert_eq!(find(&Overrides::default(), Some(&named)).unwrap().file.as_ref(), Some(&named));
    assert_eq!(find(&argument, None).unwrap().file, Some(named.clone()));

    std::fs::write(&named, b"language = \"en\"\n# \xc7\xd1\xb1\xdb").unwrap();
    let garbled = find(&argument, None).unwrap_err();
    assert_eq!(
        (garbled.problems[0].line, garbled.problems[0].message.as_str()),
        (Some(2), "this line is not written in UTF-8")
    );
}

#[test]
fn paths_that_cannot_be_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sosik.toml");
    std::fs::write(folder.path().join("plain"), "").unwrap();
    let text = "[store]\nurl = \"sqlite:.\"\n[publish]\ndir = \"plain\"\n[fetch]\nca_file = \"missing.pem\"\n";
    let error = with_catalogue(|catalogue| parse(text, &file, &Overrides::default(), &env, catalogue)).unwrap_err();
    let lines: Vec<_> = error.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [Some(2), Some(4), Some(6)], "{error}");
    assert!(error.problems[1].message.ends_with("plain is a file"), "{error}");
}

#[test]
fn a_folder_that_cannot_be_written_stops_no_reader() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let shut = folder.path().join("shut");
    std::fs::create_dir(&shut).unwrap();
    std::fs::set_permissions(&shut, std::fs::Permissions::from_mode(0o555)).unwrap();
    let overrides = Overrides { state: Some(shut.clone()), publish: Some(shut.clone()), ..Overrides::default() };
    let config = read("", &overrides).unwrap();
    // Root may write anywhere: there the list is rightly empty.
    let may_write = std::fs::write(shut.join("probe"), "").is_ok();
    assert_eq!(config.unwritable.len(), if may_write { 0 } else { 2 });
}

#[test]
fn problems_are_serialised_as_scripts_expect() {
    let error = read("colour = 1", &Overrides::default()).unwrap_err();
    let json = serde_json::to_value(error).unwrap();
    let problem = &json["problems"][0];
    assert_eq!(problem["file"], "/blogs/sosik.toml");
    assert_eq!(problem["line"], 1);
    assert_eq!(problem["message"], "unknown key \"colour\" at the top of the file");
    assert!(problem["help"].as_str().unwrap().starts_with("the file knows language, [[source]]"));
}

#[test]
fn the_example_is_understood() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/sosik.toml");
    let overrides = Overrides { config: Some(file), ..Overrides::default() };
    let config =
        with_catalogue(|catalogue| load(&overrides, &|_| None, catalogue)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.warnings, []);
    assert_eq!(config.sources.len(), 1);
    let page = config.sources[0].url.to_file_path().unwrap();
    assert!(page.is_file(), "{}", page.display());
}

#[test]
fn the_documentation_names_every_key() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    let page = sosik::config::reference_page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(written == page, "docs/configuration.md is not what the reference says: UPDATE=1 writes it anew");
}
