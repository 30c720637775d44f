//! A visit to a server: the questions whose answers the rules of `feed::check::visit` judge.

use url::Url;

use super::report::CliError;
use crate::feed::check::visit::{self, Answer, Visit};
use crate::feed::check::{self, Finding};
use crate::fetch::{Access, Fetcher, Verb, Visited};

/// A tag that nobody gives.
const OTHER_TAG: &str = "\"sosik-never-gave-this\"";

/// Judges what is served at an address. A person named it, so it may be on this machine.
pub(super) async fn judge(fetcher: &Fetcher, url: &Url) -> Result<(String, Vec<Finding>), CliError> {
    let plain = ask(fetcher, url, Verb::Get, &[("accept-encoding", "identity")]).await?;
    let name = url.to_string();
    if plain.is_html() && plain.status == 200 {
        return Ok((name, visit::page(&plain)));
    }
    let tag = plain.header("etag").unwrap_or(OTHER_TAG).to_owned();
    let date = plain.header("last-modified").unwrap_or_default().to_owned();
    let listed = format!("{OTHER_TAG}, W/{}", tag.trim_start_matches("W/"));
    let identity = ("accept-encoding", "identity");
    let mut never = url.clone();
    never.set_path(&format!("{}-never-was", url.path()));
    let visit = Visit {
        again: ask(fetcher, url, Verb::Get, &[identity]).await?,
        coded: ask(fetcher, url, Verb::Get, &[("accept-encoding", "gzip, br, zstd")]).await?,
        by_tag: ask(fetcher, url, Verb::Get, &[identity, ("if-none-match", &listed)]).await?,
        by_any: ask(fetcher, url, Verb::Get, &[identity, ("if-none-match", "*")]).await?,
        by_other_tag: ask(
            fetcher,
            url,
            Verb::Get,
            &[identity, ("if-none-match", OTHER_TAG), ("if-modified-since", &date)],
        )
        .await?,
        by_date: ask(fetcher, url, Verb::Get, &[identity, ("if-modified-since", &date)]).await?,
        head: ask(fetcher, url, Verb::Head, &[identity]).await?,
        beside: ask(fetcher, &never, Verb::Get, &[identity]).await?,
        url: name.clone(),
        plain,
    };
    let format = check::format_of(&visit.plain.body);
    let mut findings = visit::feed(&visit, format);
    if visit.plain.status == 200 {
        findings.extend(check::check(format, &visit.plain.body));
    }
    Ok((name, findings))
}

async fn ask(fetcher: &Fetcher, url: &Url, verb: Verb, headers: &[(&str, &str)]) -> Result<Answer, CliError> {
    let access = Access { allow_private_addresses: true, ..Access::default() };
    let visited = fetcher.visit(url, &access, verb, headers).await.map_err(|error| {
        let failure = error.failure();
        CliError::Failed { message: failure.message, help: failure.help, chain: failure.chain }
    })?;
    let Visited { status, headers, body } = visited;
    Ok(Answer { status, headers, body })
}
