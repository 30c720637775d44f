//! Tokens that let readers in.

use rusqlite::{Transaction, params};

use super::fault::{Fault, Outcome};
use super::rows::{all, moment, ms};
use crate::model::token::Token;

/// All tokens, by name.
pub(super) fn tokens(tx: &Transaction<'_>) -> Outcome<Vec<Token>> {
    let mut statement = tx.prepare_cached("SELECT name, digest, made_at FROM token ORDER BY name")?;
    all(&mut statement, [], |row| {
        let (name, digest): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let digest = digest.try_into().map_err(|_| Fault::corrupt("digest of the token", &name))?;
        Ok(Token { name, digest, made_at: moment(row.get(2)?)? })
    })
}

/// Keeps a token whose name is free.
pub(super) fn put(tx: &Transaction<'_>, token: &Token) -> Outcome<bool> {
    let kept = tx
        .prepare_cached("INSERT INTO token (name, digest, made_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
        .execute(params![token.name, token.digest, ms(token.made_at)])?;
    Ok(kept == 1)
}

/// Takes a token away.
pub(super) fn revoke(tx: &Transaction<'_>, name: &str) -> Outcome<bool> {
    Ok(tx.prepare_cached("DELETE FROM token WHERE name = ?1")?.execute([name])? == 1)
}
