//! TLS to a real server: what `sslmode` and `sslrootcert` let in, and what they keep out.

use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sosik::store::Store as _;
use sosik::store::contract::StoreError;
use sosik::store::postgres::{Limits, PostgresStore};

use crate::postgres::{Server, folder, texts, url};

/// How long the server may take to read its settings anew.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that speaks TLS on a port of 127.0.0.1, with the certificates of the tests.
struct Encrypted {
    server: Server,
    port: u16,
}

impl Encrypted {
    /// Starts one with a good certificate.
    fn start() -> Self {
        let folder = folder();
        for name in ["good.pem", "expired.pem", "key.pem"] {
            std::fs::copy(certificate(name), folder.join(name)).unwrap();
            std::fs::set_permissions(folder.join(name), Permissions::from_mode(0o600)).unwrap();
        }
        // It takes no port of its own choice; that of a listener that has just ended is free.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let options = format!("-c listen_addresses=127.0.0.1 -c port={port}");
        let started = Self { server: Server::start(folder, &options), port };
        for (name, value) in [("cert_file", &*started.file("good.pem")), ("key_file", &started.file("key.pem"))] {
            started.set(&format!("ssl_{name}"), value);
        }
        started.set("ssl", "on");
        started
    }

    /// The texts that a query gives, over its socket.
    fn texts(&self, sql: &str) -> Vec<Vec<String>> {
        texts(&format!("{}&port={}", url(&self.server.folder, "postgres"), self.port), sql)
    }

    /// The path of one of its files.
    fn file(&self, name: &str) -> String {
        self.server.folder.join(name).display().to_string()
    }

    /// Opens a store over TCP, with this name of the server and what the URL says of TLS.
    fn open(&self, host: &str, ssl: &str) -> Result<PostgresStore, StoreError> {
        let url = format!("postgres://sosik@/postgres?host={host}&hostaddr=127.0.0.1&port={}&{ssl}", self.port);
        PostgresStore::open(&url, Limits { connections: 1 })
    }

    /// Whether the connections of that name are encrypted.
    fn is_encrypted(&self, name: &str) -> Vec<Vec<String>> {
        self.texts(&format!(
            "SELECT DISTINCT CAST(s.ssl AS text) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
             WHERE a.application_name = '{name}'"
        ))
    }

    /// What is told of a server that is not spoken to.
    fn refused(&self, host: &str, ssl: &str) -> String {
        match self.open(host, ssl) {
            Err(error @ StoreError::Unreached { .. }) => error.to_string(),
            other => panic!("{host} {ssl}: {other:?}"),
        }
    }

    /// Changes a setting, and waits until a new connection shows it.
    fn set(&self, name: &str, value: &str) {
        for change in [format!("ALTER SYSTEM SET {name} = '{value}'"), "SELECT CAST(pg_reload_conf() AS text)".into()] {
            self.texts(&change);
        }
        let shown = format!("SELECT current_setting('{name}')");
        let begun = tokio::time::Instant::now();
        while self.texts(&shown) != [[value]] {
            assert!(begun.elapsed() < PATIENCE, "{name} stays as it was");
        }
    }
}

fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fetch/tls").join(name)
}

#[tokio::test]
async fn a_server_is_spoken_to_over_tls_as_its_certificate_is_trusted() {
    let server = Encrypted::start();
    let root = format!("sslrootcert={}", certificate("authority.pem").display());
    let full = format!("sslmode=verify-full&{root}");
    for (host, ssl) in [
        ("127.0.0.1", full.clone()),
        ("blog.example", full.clone()),
        ("localhost", format!("sslmode=verify-ca&{root}")),
        ("localhost", format!("sslmode=require&{root}")),
        ("localhost", "sslmode=require".to_owned()),
        ("localhost", "sslmode=prefer".to_owned()),
        ("localhost", String::new()),
    ] {
        let store = server.open(host, &ssl).unwrap_or_else(|error| panic!("{host} {ssl}: {error:?}"));
        store.put_note("how", &ssl).await.unwrap();
        assert_eq!(store.note("how").await.unwrap(), Some(ssl.clone()), "{host}");
        assert_eq!(server.is_encrypted("sosik"), [["true"]], "{host} {ssl}");
    }
    let plain = server.open("localhost", "sslmode=disable&application_name=plain").unwrap();
    assert_eq!(plain.note("how").await.unwrap().as_deref(), Some(""));
    assert_eq!(server.is_encrypted("plain"), [["false"]]);
    drop(plain);

    let told = server.refused("localhost", &full);
    assert!(told.contains("localhost") && told.contains("certificate"), "another's name: {told}");
    for stranger in ["sslmode=verify-full", "sslmode=verify-ca", "sslrootcert=system"] {
        let told = server.refused("127.0.0.1", stranger);
        assert!(told.contains("certificate"), "{stranger}: {told}");
    }
    server.set("ssl_cert_file", &server.file("expired.pem"));
    let told = server.refused("127.0.0.1", &full);
    assert!(told.contains("expired"), "{told}");
    server.set("ssl", "off");
    let told = server.refused("127.0.0.1", &full);
    assert!(told.contains("TLS"), "{told}");
    assert_eq!(server.open("localhost", "sslmode=prefer").unwrap().note("how").await.unwrap().as_deref(), Some(""));
}
