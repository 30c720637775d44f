//! What is read beside an index: the pages with their validators, and the posts that lack something.

use std::sync::LazyLock;

use url::Url;

use super::fault::{Fault, Outcome};
use super::given::row;
use super::rows::{self, ms, plain};
use super::tx::{Row, Tx, params};
use crate::model::beside::{Asked, Beside, Lacking, LackingPost, Role, SidePage, Sinking};
use crate::model::category::CategoryPath;
use crate::model::page::Validators;
use crate::store::contract::SourceRef;

/// What makes a post one of `post_lacking`: the index's own words, or it would not be used.
const LACKS: &str = "asks < 3 AND (categories IS NULL OR published_at IS NULL OR title = '')";

/// Posts among which those without a category are counted, newest first: of a blog that dates none of its posts all
/// lack something for ever.
const MOST_COUNTED: u32 = 1_000;

/// The posts that lack something.
pub(super) fn lacking(tx: &Tx<'_>, at: SourceRef, limit: usize) -> Outcome<Lacking> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let posts = tx.all(
        &format!(
            "SELECT {} FROM post p INDEXED BY post_lacking WHERE p.shard = ?1 AND p.source_id = ?2 AND {LACKS}
             ORDER BY p.listed_at DESC, p.key LIMIT ?3",
            rows::POST
        ),
        params![at.shard, at.number, limit],
        |row| {
            let post = rows::post(row, 0)?;
            Ok(LackingPost { url: post.url.clone(), post: rows::known(post) })
        },
    )?;
    let uncategorised = tx
        .first(
            &format!(
                "SELECT count(*) FROM (SELECT categories FROM post INDEXED BY post_lacking
                     WHERE shard = ?1 AND source_id = ?2 AND {LACKS} ORDER BY listed_at DESC, key LIMIT ?3) AS newest
                 WHERE newest.categories IS NULL"
            ),
            params![at.shard, at.number, MOST_COUNTED],
            |row| rows::count(row, 0),
        )?
        .unwrap_or(0);
    Ok(Lacking { posts, uncategorised })
}

/// The pages beside the index.
pub(super) fn pages(tx: &Tx<'_>, at: SourceRef) -> Outcome<Vec<SidePage>> {
    tx.all(
        "SELECT url, role, category, declared, etag, last_modified, digest, read_at, not_before, resume
         FROM page WHERE shard = ?1 AND source_id = ?2 ORDER BY url",
        params![at.shard, at.number],
        page,
    )
}

/// Keeps what a poll under this lease did beside the index. Pages that were read with an older recipe are not kept.
pub(super) fn keep(tx: &Tx<'_>, at: SourceRef, lease: i64, beside: &Beside) -> Outcome<()> {
    for page in &beside.pages {
        tx.put(
            "INSERT INTO page (shard, source_id, url, role, category, declared, etag, last_modified, digest,
                 read_at, not_before, resume)
             SELECT ?1, ?2, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 FROM source_state
             WHERE shard = ?1 AND source_id = ?2 AND ?3 > void_lease
             ON CONFLICT (shard, source_id, url) DO UPDATE SET role = excluded.role, category = excluded.category,
                 declared = excluded.declared, etag = excluded.etag, last_modified = excluded.last_modified,
                 digest = excluded.digest, read_at = excluded.read_at, not_before = excluded.not_before,
                 resume = excluded.resume",
            params![
                at.shard,
                at.number,
                lease,
                page.url.as_str(),
                page.role.word(),
                page.category.as_ref().map(CategoryPath::to_stored),
                page.declared,
                page.validators.etag,
                page.validators.last_modified,
                page.validators.digest.map(u128::to_be_bytes),
                page.validators.read_at.map(ms),
                page.not_before.map(ms),
                page.resume.as_ref().map(Url::as_str)
            ],
        )?;
    }
    for (key, asked) in &beside.asked {
        let asks = match asked {
            Asked::Settled => 3,
            Asked::Failed => 1,
        };
        tx.put(
            "UPDATE post SET asks = CASE WHEN asks + ?4 > 3 THEN 3 ELSE asks + ?4 END
             WHERE shard = ?1 AND source_id = ?2 AND key = ?3 AND asks < 3",
            params![at.shard, at.number, key.as_str(), asks],
        )?;
    }
    if beside.settles_all {
        tx.put(
            &format!("UPDATE post SET asks = 3 WHERE shard = ?1 AND source_id = ?2 AND {LACKS}"),
            params![at.shard, at.number],
        )?;
    }
    Ok(())
}

/// Moves undated posts into the past, all by the same time, so that their order stays. Says whether any moved.
pub(super) fn sink(tx: &Tx<'_>, at: SourceRef, sinking: Sinking) -> Outcome<bool> {
    let bounds = params![at.shard, at.number, ms(sinking.below), sinking.by_ms];
    for members in ["post_category", "post_label", "merged_post"] {
        tx.put(
            &format!(
                "UPDATE {members} SET listed_at = listed_at - ?4 WHERE shard = ?1 AND source_id = ?2 AND key IN (
                 SELECT key FROM post INDEXED BY post_undated
                 WHERE shard = ?1 AND source_id = ?2 AND published_at IS NULL AND listed_at < ?3)"
            ),
            bounds,
        )?;
    }
    let moved = tx.execute(
        "UPDATE post SET listed_at = listed_at - ?4
         WHERE shard = ?1 AND source_id = ?2 AND published_at IS NULL AND listed_at < ?3",
        bounds,
    )?;
    Ok(moved > 0)
}

/// Notes of each of these sources whether any post lacks something now.
pub(super) fn note_lacks(tx: &Tx<'_>, sources: impl Iterator<Item = SourceRef>) -> Outcome<()> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let lacks = format!(
            "CASE WHEN EXISTS (
                 SELECT 1 FROM post INDEXED BY post_lacking WHERE shard = ?1 AND source_id = ?2 AND {LACKS})
                 THEN 1 ELSE 0 END"
        );
        format!(
            "UPDATE source_state SET lacks = 1 - lacks /*rows FROM */
             WHERE shard = ?1 AND source_id = ?2 AND lacks <> {lacks}"
        )
    });
    tx.put_each(&SQL, &sources.map(|at| row![at.shard, at.number]).collect::<Vec<_>>())
}

fn page(row: &Row<'_>) -> Outcome<SidePage> {
    let word: String = row.get(1)?;
    let category: Option<String> = row.get(2)?;
    let url = |text: String| Url::parse(&text).map_err(|_| Fault::corrupt("address of a page", &text));
    Ok(SidePage {
        url: url(plain(row, 0)?)?,
        role: [Role::Feed, Role::Category]
            .into_iter()
            .find(|role| role.word() == word)
            .ok_or_else(|| Fault::corrupt("role of a page", &word))?,
        category: category.map(|stored| rows::category_path(&stored)).transpose()?,
        declared: row.get(3)?,
        validators: Validators {
            etag: row.get(4)?,
            last_modified: row.get(5)?,
            digest: row.get::<Option<[u8; 16]>>(6)?.map(u128::from_be_bytes),
            read_at: rows::maybe_moment(row, 7)?,
        },
        not_before: rows::maybe_moment(row, 8)?,
        resume: row.get::<Option<String>>(9)?.map(url).transpose()?,
    })
}
