//! TLS to a real server whose certificate a test's own authority issued.

use std::{
    os::unix::fs::{MetadataExt as _, PermissionsExt, chown},
    path::Path,
    process::Command,
};

use db::{Db, Error, Options};

use super::cluster::Cluster;

db::statements! {
    IN_TLS = "t.in_tls", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    ROLE = "t.role", "CREATE ROLE bound LOGIN PASSWORD 'secret'";
}

fn openssl(dir: &Path, command: &str) {
    let out = Command::new("openssl").current_dir(dir).args(command.split(' ')).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// `ca.crt`, `other.crt`, and `server.crt` for localhost, issued by the first.
fn certificates(dir: &Path) {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    for name in ["ca", "other"] {
        openssl(dir, &format!("req -x509 {key} -keyout {name}.key -out {name}.crt -subj /CN={name} -days 2"));
    }
    openssl(
        dir,
        &format!(
            "req {key} -keyout server.key -out server.csr -subj /CN=x -addext subjectAltName=DNS:localhost"
        ),
    );
    openssl(
        dir,
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -copy_extensions copy -days 2 -out server.crt",
    );
}

fn append(path: &Path, text: &str) {
    let old = std::fs::read_to_string(path).unwrap();
    // The first line that fits a client decides.
    std::fs::write(path, format!("{text}\n{old}")).unwrap();
}

/// Whether a session under this URL is in TLS; an error when it cannot be had.
async fn in_tls(url: &str) -> db::Result<bool> {
    let db = Db::open(url, Options { pool: 1, ..Options::default() }).await?;
    let in_tls = db.query_one(&IN_TLS, &[]).await?.get(0);
    db.close().await?;
    in_tls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_mode_checks_what_it_says() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (port, listen) = (format!("port={free}"), "listen_addresses=127.0.0.1");
    let Some(cluster) = Cluster::start(&[listen, &port, "password_encryption=scram-sha-256"]) else { return };
    let data = cluster.dir.join("data");
    certificates(&data);
    let owner = data.metadata().unwrap();
    for file in ["server.key", "server.crt"] {
        chown(data.join(file), Some(owner.uid()), Some(owner.gid())).unwrap();
        std::fs::set_permissions(data.join(file), PermissionsExt::from_mode(0o600)).unwrap();
    }
    append(&data.join("postgresql.conf"), "ssl = on");
    append(&data.join("pg_hba.conf"), "hostssl all bound 127.0.0.1/32 scram-sha-256");
    cluster.restart();
    let local = Db::open(&format!("{}&port={free}", cluster.url), Options::default()).await.unwrap();
    db::write_tx!(local, "role", |tx| { tx.execute(&ROLE, &[]).await }).unwrap();
    local.close().await.unwrap();

    let url = |host: &str, query: &str| format!("postgres://postgres@{host}:{free}/postgres{query}");
    let root = |name: &str| data.join(name).display().to_string();
    let (ours, other) = (root("ca.crt"), root("other.crt"));
    assert!(!in_tls(&url("localhost", "?sslmode=disable")).await.unwrap());
    assert!(in_tls(&url("localhost", "")).await.unwrap(), "prefer takes what is there");
    assert!(in_tls(&url("127.0.0.1", "?sslmode=require")).await.unwrap());
    let full = |host, roots: &str| url(host, &format!("?sslmode=verify-full&sslrootcert={roots}"));
    assert!(in_tls(&full("localhost", &ours)).await.unwrap());
    let wrong_name = in_tls(&full("127.0.0.1", &ours)).await;
    assert!(wrong_name.is_err(), "the certificate is for another name");
    assert!(in_tls(&url("127.0.0.1", &format!("?sslmode=verify-ca&sslrootcert={ours}"))).await.unwrap());
    for mode in ["require", "verify-ca", "verify-full"] {
        let stranger = in_tls(&url("localhost", &format!("?sslmode={mode}&sslrootcert={other}"))).await;
        assert!(stranger.is_err(), "another authority under {mode}");
    }
    let bound = format!(
        "postgres://bound:secret@localhost:{free}/postgres?channel_binding=require&sslmode=verify-full"
    );
    assert!(
        in_tls(&format!("{bound}&sslrootcert={ours}")).await.unwrap(),
        "the login is bound to the connection"
    );
}

#[tokio::test]
async fn a_server_elsewhere_without_tls_is_refused_where_that_is_asked() {
    let strict = Options { demand_tls: true, ..Options::default() };
    for query in ["", "?sslmode=prefer", "?sslmode=disable"] {
        let refused = Db::open(&format!("postgres://u@db.example/a{query}"), strict.clone()).await;
        assert!(matches!(&refused, Err(Error::Url(why)) if why.contains("sslmode")), "{refused:?}");
    }
}
