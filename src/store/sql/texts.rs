//! Full texts: which are wanted, which are there.
//!
//! A post's `text_asks` says that its text is wanted. It is set for every post of a source that wants texts, taken away
//! by the text, and set again by an edit; so what is still to be read is an index and never a search.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::changes::Writer;
use super::fault::{Fault, Outcome};
use super::known;
use super::rows::{moment, ms};
use super::tx::{Tx, params};
use crate::model::beside::{TextAsked, TextlessPost};
use crate::model::feed::{Feed, FeedKind};
use crate::model::link::PostKey;
use crate::model::post::FullText;
use crate::store::contract::SourceRef;

/// How hard texts are compressed: each is written once, and read whenever one of its feeds is made.
const LEVEL: i32 = 9;

/// The posts whose texts are wanted.
pub(super) fn textless(tx: &Tx<'_>, at: SourceRef, limit: usize) -> Outcome<Vec<TextlessPost>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.all(
        "SELECT key, url, title FROM post INDEXED BY post_textless
         WHERE shard = ?1 AND source_id = ?2 AND text_asks < 3 ORDER BY listed_at DESC, key LIMIT ?3",
        params![at.shard, at.number, limit],
        |row| Ok(TextlessPost { key: PostKey::from_stored(row.get(0)?), url: row.get(1)?, title: row.get(2)? }),
    )
}

/// The texts of a feed's posts by their entry ids, as far as their sources want them shown.
pub(super) fn full_texts(tx: &Tx<'_>, feed: &Feed, posts: &[(PostKey, String)]) -> Outcome<BTreeMap<String, FullText>> {
    let (found, named) = match feed.kind {
        FeedKind::Merged(_) => (
            "merged_post m CROSS JOIN post_text t ON t.shard = m.shard AND t.source_id = m.source_id AND t.key = m.key
             WHERE m.merged_shard = ?1 AND m.feed_id = ?2 AND m.entry_id = ?3 AND m.shown = 1",
            feed.feed_id,
        ),
        FeedKind::All | FeedKind::Category(_) | FeedKind::Uncategorized | FeedKind::Author(_) | FeedKind::Tag(_) => {
            ("post_text t WHERE t.shard = ?1 AND t.source_id = ?2 AND t.key = ?3", feed.source_number)
        }
    };
    let mut texts = BTreeMap::new();
    for (key, entry_id) in posts {
        let post = if matches!(feed.kind, FeedKind::Merged(_)) { entry_id.as_str() } else { key.as_str() };
        let text = tx.first(
            &format!(
                "SELECT t.read_at, t.content FROM {found} AND EXISTS (
                 SELECT 1 FROM source_state s WHERE s.shard = t.shard AND s.source_id = t.source_id AND s.full_text = 1)"
            ),
            params![feed.shard, named, post],
            |row| {
                let content: Vec<u8> = row.get(1)?;
                let bytes = zstd::decode_all(&content[..]).map_err(|_| Fault::corrupt("full text", post))?;
                let html = String::from_utf8(bytes).map_err(|_| Fault::corrupt("full text", post))?;
                Ok(FullText { html, read_at: moment(row.get(0)?)? })
            },
        )?;
        texts.extend(text.map(|text| (entry_id.clone(), text)));
    }
    Ok(texts)
}

/// Keeps what asking gave. Feeds that show a text are raised, and nothing is updated by it.
pub(super) fn keep(
    tx: &Tx<'_>,
    at: SourceRef,
    texts: &[(PostKey, TextAsked)],
    now: Timestamp,
    writer: &mut Writer<'_>,
) -> Outcome<()> {
    for (key, asked) in texts {
        let Some(post) = known::post_of(tx, at, key)? else { continue };
        let of_post = params![at.shard, at.number, post.key.as_str()];
        match asked {
            TextAsked::Read(html) => {
                let content = zstd::encode_all(html.as_bytes(), LEVEL).expect("memory takes every byte");
                tx.execute(
                    "INSERT INTO post_text (shard, source_id, key, read_at, content)
                     VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (shard, source_id, key) DO UPDATE SET read_at = excluded.read_at,
                         content = excluded.content",
                    params![at.shard, at.number, post.key.as_str(), ms(now), content],
                )?;
                tx.execute(
                    "UPDATE post SET text_asks = NULL WHERE shard = ?1 AND source_id = ?2 AND key = ?3",
                    of_post,
                )?;
                writer.show_anew(&post)?;
            }
            TextAsked::Without => {
                tx.execute("UPDATE post SET text_asks = 3 WHERE shard = ?1 AND source_id = ?2 AND key = ?3", of_post)?;
            }
            TextAsked::Failed => {
                tx.execute(
                    "UPDATE post SET text_asks = text_asks + 1
                     WHERE shard = ?1 AND source_id = ?2 AND key = ?3 AND text_asks < 3",
                    of_post,
                )?;
            }
        }
    }
    Ok(())
}

/// Says whether the texts of a source are wanted. What was read stays; what was not, or before an edit, is read then.
pub(super) fn want(tx: &Tx<'_>, at: SourceRef, wanted: bool) -> Outcome<()> {
    tx.execute(
        "UPDATE source_state SET full_text = ?3 WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number, wanted],
    )?;
    tx.execute(
        if wanted {
            "UPDATE post SET text_asks = 0 WHERE shard = ?1 AND source_id = ?2 AND NOT EXISTS (
             SELECT 1 FROM post_text t WHERE t.shard = ?1 AND t.source_id = ?2 AND t.key = post.key
             AND t.read_at >= post.updated)"
        } else {
            "UPDATE post SET text_asks = NULL WHERE shard = ?1 AND source_id = ?2 AND text_asks IS NOT NULL"
        },
        params![at.shard, at.number],
    )?;
    Ok(())
}

/// Wants every text of a source anew: another part of the page is the text now. The old ones are shown until then.
pub(super) fn want_anew(tx: &Tx<'_>, at: SourceRef) -> Outcome<()> {
    tx.execute("UPDATE post SET text_asks = 0 WHERE shard = ?1 AND source_id = ?2", params![at.shard, at.number])?;
    Ok(())
}
