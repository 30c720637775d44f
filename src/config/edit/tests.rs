//! Texts before and after.

use super::*;

fn id(id: &str) -> SourceId {
    SourceId::try_from(id.to_owned()).unwrap()
}

/// Each change of a text, also with the line ends of Windows, the mark of old editors, and no newline at the end.
fn check(change: impl Fn(&str) -> Result<String, EditError>, text: &str, expected: &str) {
    let windows = |text: &str| text.replace('\n', "\r\n");
    let marked = |text: &str| format!("\u{feff}{text}");
    for (text, expected) in
        [(text.to_owned(), expected.to_owned()), (windows(text), windows(expected)), (marked(text), marked(expected))]
    {
        assert_eq!(change(&text).as_deref(), Ok(expected.as_str()), "{text}");
    }
}

const FILE: &str = r#"# Our blogs.
language = "ko"   # of messages

[fetch]
timeout = "20s"

# The slow one.
# It is slow.
[[source]]  # first
id = 'slow'   # a name
url = "https://slow-dev.tistory.com/category"
headers = { Cookie = "a=b" }
# still slow

# --- more ---

[[source]]
  url = "https://fast.tistory.com/"

  [source.recipe]
  # the rows
  post = """
# .row"""

# About the last.
[[source]]
url = "https://last.example/"
"#;

#[test]
fn pausing_adds_a_line_and_resuming_takes_it_away() {
    for (name, line) in [
        ("slow", "headers = { Cookie = \"a=b\" }\n"),
        ("fast", "  url = \"https://fast.tistory.com/\"\n"),
        ("last-example", "url = \"https://last.example/\"\n"),
    ] {
        let indent = if name == "fast" { "  " } else { "" };
        let paused = FILE.replace(line, &format!("{line}{indent}paused = true\n"));
        check(|text| set_paused(text, name, true), FILE, &paused);
        check(|text| set_paused(text, name, true), &paused, &paused);
        check(|text| set_paused(text, name, false), &paused, FILE);
        check(|text| set_paused(text, name, false), FILE, FILE);
    }
}

#[test]
fn a_key_that_is_there_is_changed_in_its_place() {
    let text =
        |value: &str| format!("[[source]]\nid = \"a\"\npaused={value}  # for a while\nurl = \"https://a.org\"\n");
    check(|file| set_paused(file, "a", true), &text("false"), &text("true"));
    check(|file| set_paused(file, "a", false), &text("true"), &text("false"));
    let bare = "[[source]]\nid = \"a\"\nheaders.A = \"b\"\nurl = \"https://a.org\"";
    check(|file| set_paused(file, "a", true), bare, &format!("{bare}\npaused = true"));
}

#[test]
fn a_removed_source_takes_its_comments_and_tables_along() {
    let cut = |from: &str, to: &str| {
        let (start, end) = (FILE.find(from).unwrap(), FILE.find(to).unwrap());
        format!("{}{}", &FILE[..start], &FILE[end..])
    };
    check(|text| remove(text, "slow"), FILE, &cut("# The slow one", "# --- more"));
    check(|text| remove(text, "fast"), FILE, &cut("[[source]]\n  url", "# About the last"));
    check(|text| remove(text, "last-example"), FILE, &FILE[..FILE.find("\n# About the last").unwrap()]);
    let all = ["slow", "fast", "last-example"].iter().fold(FILE.to_owned(), |text, id| remove(&text, id).unwrap());
    assert_eq!(
        all,
        "# Our blogs.\nlanguage = \"ko\"   # of messages\n\n[fetch]\ntimeout = \"20s\"\n\n# --- more ---\n"
    );
}

#[test]
fn tables_of_a_source_that_stand_elsewhere_go_too() {
    let text = "[[source]]\nid = 'a'\nurl = 'https://a.org'\n[fetch]\ntimeout = '1s'\n# how\n[source.recipe]\npost = 'p'\n[feeds]\n";
    check(|text| remove(text, "a"), text, "[fetch]\ntimeout = '1s'\n[feeds]\n");
}

#[test]
fn comments_without_a_blank_line_belong_to_what_follows() {
    let text = "# a\n[[source]]\nid = 'a'\nurl = 'https://a.org'\n# b\n[[source]]\nid = 'b'\nurl = 'https://b.org'\n";
    check(|text| remove(text, "a"), text, "# b\n[[source]]\nid = 'b'\nurl = 'https://b.org'\n");
    check(|text| remove(text, "b"), text, "# a\n[[source]]\nid = 'a'\nurl = 'https://a.org'\n");
}

#[test]
fn a_line_of_a_text_is_no_comment() {
    let text = "[fetch]\nuser_agent = \"\"\"x\n# y\"\"\"\n[[source]]\nid = 'a'\nurl = 'https://a.org'\n";
    check(|text| remove(text, "a"), text, "[fetch]\nuser_agent = \"\"\"x\n# y\"\"\"\n");
}

#[test]
fn a_list_of_inline_tables_is_edited_too() {
    let text = "source = [{ id = 'a', url = 'https://a.org' }, {url = 'https://b.org'}] # two\n[fetch]\n";
    check(
        |text| set_paused(text, "b-org", true),
        text,
        "source = [{ id = 'a', url = 'https://a.org' }, {url = 'https://b.org', paused = true}] # two\n[fetch]\n",
    );
    check(|text| remove(text, "a"), text, "source = [{url = 'https://b.org'}] # two\n[fetch]\n");
    check(|text| remove(text, "b-org"), text, "source = [{ id = 'a', url = 'https://a.org' }] # two\n[fetch]\n");
    check(
        |text| rename(text, "b-org", &id("b")),
        text,
        "source = [{ id = 'a', url = 'https://a.org' }, {id = \"b\", url = 'https://b.org'}] # two\n[fetch]\n",
    );
    let lines = "source = [\n  # one\n  { id = 'a', url = 'https://a.org' }, # a\n  # two\n  { id = 'b', url = 'https://b.org' } # b\n]\n";
    check(|text| remove(text, "a"), lines, "source = [\n  # two\n  { id = 'b', url = 'https://b.org' } # b\n]\n");
    check(|text| remove(text, "b"), lines, "source = [\n  # one\n  { id = 'a', url = 'https://a.org' }, # a\n]\n");
    check(|text| remove(text, "a"), "source = [{ id = 'a', url = 'https://a.org' }]\n", "source = []\n");
}

#[test]
fn renaming_changes_the_id_or_writes_one() {
    check(|text| rename(text, "slow", &id("calm")), FILE, &FILE.replace("'slow'", "'calm'"));
    let named = FILE.replace("[[source]]\n  url", "[[source]]\n  id = \"quick\"\n  url");
    check(|text| rename(text, "fast", &id("quick")), FILE, &named);
}

#[test]
fn ids_that_were_suggested_stay_whatever_goes() {
    let source = |line: &str, path: &str| format!("[[source]]\n{line}url = \"https://blog.tistory.com/{path}\"\n\n");
    let text = source("", "a") + &source("", "b") + &source("", "c");
    let left = source("id = \"blog-2\"\n", "b") + &source("id = \"blog-3\"\n", "c");
    check(|text| remove(text, "blog"), &text, &left);
    check(|text| rename(text, "blog", &id("x")), &text, &format!("{}{left}", source("id = \"x\"\n", "a")));
    let left = source("", "a") + &source("id = \"blog-3\"\n", "c");
    check(|text| remove(text, "blog-2"), &text, &left);
}

#[test]
fn what_is_not_there_is_told() {
    let known = vec!["slow".to_owned(), "fast".to_owned(), "last-example".to_owned()];
    let unknown = |id: &str| EditError::Unknown { id: id.to_owned(), known: known.clone() };
    assert_eq!(remove(FILE, "nobody"), Err(unknown("nobody")));
    assert_eq!(set_paused(FILE, "Slow", true), Err(unknown("Slow")));
    assert_eq!(rename(FILE, "fast-2", &id("x")), Err(unknown("fast-2")));
    assert_eq!(rename(FILE, "fast", &id("slow")), Err(EditError::Taken { id: "slow".to_owned() }));
    assert_eq!(remove("", "a"), Err(EditError::Unknown { id: "a".to_owned(), known: Vec::new() }));
    assert_eq!(remove("[[source]", "a"), Err(EditError::NotToml));
}

#[test]
fn a_source_is_added_behind_all_others() {
    let new = NewSource {
        id: id("new"),
        url: Url::parse("https://new.example/blog/").unwrap(),
        title: Some("A \"new\" one".to_owned()),
        allow_private_addresses: false,
    };
    let block = "[[source]]\nid = \"new\"\nurl = \"https://new.example/blog/\"\ntitle = 'A \"new\" one'\n";
    let add_new = |text: &str| add(text, &new);
    check(add_new, FILE, &format!("{FILE}\n{block}"));
    // What has no line end yet gets that of this system.
    assert_eq!(add_new("").as_deref(), Ok(block));
    let appended = format!("language = \"ko\"\n\n{block}");
    assert_eq!(add_new("language = \"ko\"").as_deref(), Ok(appended.as_str()));
    let element = "{ id = \"new\", url = \"https://new.example/blog/\", title = 'A \"new\" one' }";
    check(add_new, "source = []\n", &format!("source = [{element}]\n"));
    let one = "source = [\n  { url = \"https://a.example/\" }, # the first\n]\n";
    let two = format!("source = [\n  {{ url = \"https://a.example/\" }}, {element}, # the first\n]\n");
    check(add_new, one, &two);
    let taken = NewSource { id: id("slow"), ..new.clone() };
    assert_eq!(add(FILE, &taken), Err(EditError::Taken { id: "slow".to_owned() }));
}
