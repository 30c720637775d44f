//! Tokens that let readers in.

use super::fault::{Fault, Outcome};
use super::rows::{moment, ms};
use super::tx::{Tx, params};
use crate::model::token::Token;

/// All tokens, by name.
pub(super) fn tokens(tx: &Tx<'_>) -> Outcome<Vec<Token>> {
    tx.all("SELECT name, digest, made_at FROM token ORDER BY name", &[], |row| {
        let (name, digest): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let digest = digest.try_into().map_err(|_| Fault::corrupt("digest of the token", &name))?;
        Ok(Token { name, digest, made_at: moment(row.get(2)?)? })
    })
}

/// Keeps a token whose name is free.
pub(super) fn put(tx: &Tx<'_>, token: &Token) -> Outcome<bool> {
    let kept = tx.execute(
        "INSERT INTO token (name, digest, made_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        params![token.name, token.digest, ms(token.made_at)],
    )?;
    Ok(kept == 1)
}

/// Takes a token away.
pub(super) fn revoke(tx: &Tx<'_>, name: &str) -> Outcome<bool> {
    Ok(tx.execute("DELETE FROM token WHERE name = ?1", params![name])? == 1)
}
