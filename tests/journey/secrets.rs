//! What lets anybody in anywhere is told nowhere: not by a command, a log, a feed, a page, a backup's listing or an export.

use std::fs;
use std::io::Read;
use std::net::TcpListener;

use crate::daemon::{Daemon, status};
use crate::support::blog::Blog;
use crate::support::sosik::Sosik;
use crate::support::until;

const COOKIE: &str = "s3cr3t-c00kie";
const PASSWORD: &str = "pr0xy-passw0rd";

/// Every file below a folder but the state itself, which keeps the headers that it is to send.
fn files(folder: &std::path::Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files(&entry, found);
        } else if entry.is_file() {
            let mut bytes = Vec::new();
            fs::File::open(&entry).unwrap().read_to_end(&mut bytes).unwrap();
            found.push((entry.display().to_string(), bytes));
        }
    }
}

#[test]
fn nothing_that_is_told_holds_a_secret() {
    let blog = Blog::with_posts(12);
    let keys = format!("preset = \"tistory\"\nheaders = {{ Cookie = \"session={COOKIE}\" }}\n");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut sosik = Sosik::new().source("blog", &blog.url("/category"), &keys).env("SOSIK_LOG", "trace");
    sosik.reconfigure("listen = []", &format!("listen = [\"127.0.0.1:{port}\"]"));
    let daemon = Daemon::start_logging(&sosik);
    let token = sosik.run(&["token", "add", "phone"]).success().stdout.trim().to_owned();
    until("the first look", || (status(&sosik)["sources"][0]["posts"] == 12).then_some(()));
    assert!(blog.log().iter().any(|request| format!("{request:?}").contains(COOKIE)), "the blog gets its cookie");
    let mut said = Vec::new();
    for arguments in [
        &["status", "--verbose"][..],
        &["status", "--json"],
        &["status", "blog", "--verbose"],
        &["check", "--json"],
        &["source", "list", "--json"],
        &["feeds", "--json"],
        &["posts", "--json"],
        &["export"],
        &["refresh", "--verbose"],
        &["refresh", "--json"],
        &["token", "list", "--json"],
        &["backup", "--verbose"],
    ] {
        let run = sosik.run(arguments);
        said.push((arguments.join(" "), [run.stdout, run.stderr].concat().into_bytes()));
    }
    let wrong = asked(port, &format!("/feeds/blog.atom?token={token}x"));
    said.push(("a refused reader".to_owned(), wrong));
    assert_eq!(daemon.stop(), Some(0));
    // A proxy's password, which no request gets as far as using.
    sosik.reconfigure("[fetch]\n", &format!("[fetch]\nproxy = \"http://me:{PASSWORD}@127.0.0.1:9\"\n"));
    for arguments in [&["refresh", "--verbose"][..], &["status", "--verbose"], &["check"]] {
        let run = sosik.run(arguments);
        said.push((arguments.join(" "), [run.stdout, run.stderr].concat().into_bytes()));
    }
    files(&sosik.publish_dir(), &mut said);
    said.push(("the log".to_owned(), Daemon::log(&sosik).into_bytes()));
    for secret in [COOKIE, PASSWORD, &token] {
        for (what, text) in &said {
            let found = text.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{what} tells {secret}:\n{}", String::from_utf8_lossy(text));
        }
    }
    // The state keeps a token as its digest alone, and is closed to others with all that is beside it.
    let mut kept = Vec::new();
    files(&sosik.path("state"), &mut kept);
    assert!(kept.len() >= 2, "the state and a backup");
    for (path, bytes) in kept {
        assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()), "{path} holds the token");
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
        let names_the_process = path.contains("sosik.db.lock");
        assert!(names_the_process || matches!(mode & 0o777, 0o600 | 0o400), "{path} is open to others: {mode:o}");
    }
}

/// What the server answers to a plain request.
fn asked(port: u16, path: &str) -> Vec<u8> {
    use std::io::Write;
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}
