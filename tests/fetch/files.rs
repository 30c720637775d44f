//! Pages that are files of this machine.

use crate::server::{error, get_as, page, plain_fetcher};
use sosik::fetch::{Access, Ask, FetchError, Fetched};
use url::Url;

fn may() -> Access {
    Access { allow_files: true, ..Access::default() }
}

#[tokio::test]
async fn a_file_is_read_and_known_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("글 목록.html");
    std::fs::write(&path, encoding_rs::EUC_KR.encode("<meta charset=euc-kr><p>한글").0).unwrap();
    let (fetcher, access) = (plain_fetcher(), may());
    let url = Url::from_file_path(&path).unwrap();
    let first = page(get_as(&fetcher, &url, &access).await);
    assert_eq!(first.text, "<meta charset=euc-kr><p>한글");
    assert_eq!(first.media_type.as_deref(), Some("text/html"));
    let ask = Ask { url: &url, validators: &first.validators, access: &access, unconditional: false };
    match fetcher.fetch(&ask).await {
        Ok(Fetched::Same { validators, .. }) => assert_eq!(validators, first.validators),
        other => panic!("{other:?}"),
    }
    std::fs::write(&path, "<p>new").unwrap();
    assert_eq!(page(fetcher.fetch(&ask).await).text, "<p>new");
}

#[tokio::test]
async fn what_is_no_small_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let fetcher = plain_fetcher();
    for path in [folder.path().join("missing.html"), folder.path().to_owned(), "/dev/zero".into()] {
        let error = error(get_as(&fetcher, &Url::from_file_path(&path).unwrap(), &may()).await);
        assert!(
            matches!(&error, FetchError::File { path: told, .. } if *told == path.display().to_string()),
            "{error:?}"
        );
    }
    let large = folder.path().join("large.html");
    std::fs::write(&large, vec![b'x'; (1 << 20) + 1]).unwrap();
    let error = error(get_as(&fetcher, &Url::from_file_path(&large).unwrap(), &may()).await);
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error:?}");
}
