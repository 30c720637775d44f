//! The URL of `[store]`: a file of `SQLite`, or a database on a server of `PostgreSQL` as libpq names it.

use super::document::quoted_url;
use super::problem::Wrong;

/// What `[store] url` names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StoreUrl<'a> {
    /// The path of a file.
    File(&'a str),
    /// The URL of a server.
    Server(&'a str),
}

/// The path within `sqlite:PATH`, or the URL of a server. One of `PostgreSQL` often holds a password: it is not quoted.
pub(super) fn store_url(text: &str) -> Result<StoreUrl<'_>, Wrong> {
    let example = "write url = \"sqlite:../state/sosik.db\", or \"postgres://USER@HOST/DATABASE\"";
    if text.starts_with("postgres:") || text.starts_with("postgresql:") {
        return server_url(text).map(StoreUrl::Server);
    }
    let Some(path) = text.strip_prefix("sqlite:") else {
        let help = if text.contains("://") { example.to_owned() } else { format!("write url = \"sqlite:{text}\"") };
        let message =
            format!("the store's URL begins neither with \"sqlite:\" nor \"postgres:\": {}", quoted_url(text));
        return Err(Wrong::new(message, help));
    };
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path == ":memory:" || path.ends_with('/') {
        return Err(Wrong::new(format!("the store's URL names no file: {}", quoted_url(text)), example));
    }
    Ok(StoreUrl::File(path))
}

/// The URL of a database on a server, as libpq reads it, which takes a user without a host; nothing of it is quoted.
fn server_url(text: &str) -> Result<&str, Wrong> {
    let help = "write url = \"postgres://USER@HOST/DATABASE\"; a socket's folder: \"postgres:///DATABASE?host=/run/postgresql\"";
    let wrong = |what: &str| Wrong::new(format!("the store's URL of PostgreSQL {what}"), help);
    let text = text.trim();
    let Some((_, rest)) = text.split_once("://") else { return Err(wrong("has no \"//\" behind its scheme")) };
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (_, database) = address.split_once('/').unwrap_or((address, ""));
    if database.contains('/') {
        return Err(wrong("names more than a database behind its host"));
    }
    if database.is_empty() && !query.split('&').any(|pair| pair.starts_with("dbname=")) {
        return Err(wrong("names no database"));
    }
    if text.contains(char::is_whitespace) {
        return Err(wrong("holds a space: write %20"));
    }
    Ok(text)
}

/// Whether the URL of a server holds a password.
pub(super) fn holds_password(url: &str) -> bool {
    let address = url.split('?').next().unwrap_or_default();
    let user = address.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')).map(|(user, _)| user);
    user.is_some_and(|user| user.contains(':')) || url.split(['?', '&']).any(|pair| pair.starts_with("password="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_is_a_file_or_on_a_server() {
        assert_eq!(store_url("sqlite:../a.db"), Ok(StoreUrl::File("../a.db")));
        assert_eq!(store_url("sqlite:///var/a.db"), Ok(StoreUrl::File("/var/a.db")));
        for good in [
            "postgres://u:p@h:5433/d?sslmode=require",
            "postgresql:///d?host=/run/postgresql",
            "postgres://u@/d?host=/run",
        ] {
            assert_eq!(store_url(good), Ok(StoreUrl::Server(good)), "{good}");
        }
        assert!(holds_password("postgres://u:p@h/d") && holds_password("postgres:///d?host=x&password=p"));
        assert!(!holds_password("postgres://u@h:5432/d?sslmode=require"));
        for bad in [
            "postgres://u:p@h/",
            "postgres://u:p@h/a/b",
            "postgres:u:p@h",
            "a.db",
            "sqlite:",
            "sqlite::memory:",
            "mysql://x",
        ] {
            let wrong = store_url(bad).unwrap_err();
            assert!(!format!("{wrong:?}").contains("u:p"), "{wrong:?}");
        }
    }
}
