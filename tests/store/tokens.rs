//! Tokens that let readers in.

use sosik::model::token::Token;
use sosik::store::Store;

use super::given::*;

fn token(name: &str, byte: u8) -> Token {
    Token { name: name.to_owned(), digest: [byte; 32], made_at: minute(i64::from(byte)) }
}

pub(crate) async fn tokens_come_by_name(store: &dyn Store) {
    assert_eq!(store.tokens().await.unwrap(), []);
    for (name, byte) in [("phone", 1), ("desk", 255), ("휴대폰", 0)] {
        assert!(store.put_token(&token(name, byte)).await.unwrap());
    }
    assert_eq!(store.tokens().await.unwrap(), [token("desk", 255), token("phone", 1), token("휴대폰", 0)]);
}

pub(crate) async fn a_token_keeps_its_name_for_itself(store: &dyn Store) {
    assert!(store.put_token(&token("phone", 1)).await.unwrap());
    assert!(!store.put_token(&token("phone", 2)).await.unwrap());
    assert_eq!(store.tokens().await.unwrap(), [token("phone", 1)]);
}

pub(crate) async fn a_revoked_token_is_gone(store: &dyn Store) {
    assert!(!store.revoke_token("phone").await.unwrap());
    store.put_token(&token("phone", 1)).await.unwrap();
    store.put_token(&token("desk", 2)).await.unwrap();
    assert!(store.revoke_token("phone").await.unwrap());
    assert_eq!(store.tokens().await.unwrap(), [token("desk", 2)]);
    assert!(store.put_token(&token("phone", 3)).await.unwrap(), "its name is free again");
}
