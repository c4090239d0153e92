//! The same checks on both engines and on both kinds of store.

mod bucket;
mod faults;

use crate::keys::{self, Keyring};
use crate::place::{Directory, Place, object_name};
use crate::store::Content;
use crate::*;
use db::{Sql, params};
use testkit::TempDir;

fn key(number: u128) -> Key {
    Key::new("test", Uuid::from_u128(number))
}

fn bytes(length: usize) -> Bytes {
    (0..length).map(|i| (i % 251) as u8).collect::<Vec<_>>().into()
}

fn blobs(db: &Db, place: &Arc<dyn Place>) -> Blobs {
    let keyring = Arc::new(Keyring::open(None, true).unwrap());
    Blobs { db: db.clone(), place: place.clone(), keyring }
}

async fn keep(blobs: &Blobs, key: &Key, content: Bytes) {
    let staged = blobs.stage(key, content).await.unwrap();
    db::write_tx!(blobs.db, "test.keep", |tx| { staged.keep(tx).await }).unwrap();
}

async fn objects(place: &Arc<dyn Place>) -> Vec<String> {
    let (mut found, mut after) = (vec![], None);
    loop {
        let (page, next) = place.list(after).await.unwrap();
        found.extend(page.into_iter().map(|object| object.name));
        after = next;
        if after.is_none() {
            return found;
        }
    }
}

/// Name of the object that holds a blob.
async fn object_of(blobs: &Blobs, key: &Key) -> String {
    let entry = store::get(&blobs.db, &key.area, key.id).await.unwrap().unwrap();
    let Content::Object(object) = entry.content else { panic!("{key} is inline") };
    object_name(&key.area, object)
}

testkit::db_suite! { [migrations()];
    async fn all_holds_in_a_directory(db: Db) {
        let directory = TempDir::new();
        let place: Arc<dyn Place> = Arc::new(Directory::open(directory.path()).unwrap());
        all(&db, &place).await;
        let left = directory.join("test/00/half.sealed.part");
        std::fs::create_dir_all(left.parent().unwrap()).unwrap();
        std::fs::write(&left, "half").unwrap();
        assert_eq!(blobs(&db, &place).clean(Duration::ZERO).await.unwrap().removed, 1);
        assert!(!left.exists(), "what a crash left half-written is removed");
    }

    async fn all_holds_in_a_bucket(db: Db) {
        let Some(server) = bucket::server().await else { return };
        all(&db, &server.place()).await;
    }

    async fn keys_are_rotated_while_readers_go_on(db: Db) {
        let directory = TempDir::new();
        let place: Arc<dyn Place> = Arc::new(Directory::open(&directory.join("blobs")).unwrap());
        let file = directory.join("keys");
        let first = keys::add(&file).unwrap();
        let keyring = Arc::new(Keyring::open(Some(file.clone()), false).unwrap());
        let ours = Blobs { db: db.clone(), place, keyring };
        let many = 700;
        let mut staged = vec![];
        for number in 0..many {
            staged.push(ours.stage(&key(number), bytes(number as usize)).await.unwrap());
        }
        let large = key(many);
        staged.push(ours.stage(&large, bytes(INLINE + 1)).await.unwrap());
        db::write_tx!(db, "test.keep", |tx| {
            for one in &staged {
                one.keep(tx).await?;
            }
            Ok::<_, db::Error>(())
        })
        .unwrap();
        let second = keys::add(&file).unwrap();
        keys::activate(&file, &second).unwrap();
        let reader = {
            let ours = ours.clone();
            tokio::spawn(async move {
                for number in (0..many).chain(0..many) {
                    assert_eq!(ours.get(&key(number)).await.unwrap().unwrap(), bytes(number as usize));
                }
            })
        };
        assert_eq!(ours.rewrap().await.unwrap(), u64::try_from(many).unwrap() + 1);
        reader.await.unwrap();
        assert_eq!(ours.rewrap().await.unwrap(), 0);
        let of = |id: &str, active, blobs| KeyUse { id: id.into(), active, known: true, blobs };
        let all = u64::try_from(many).unwrap() + 1;
        assert_eq!(ours.key_use().await.unwrap(), [of(&second, true, all), of(&first, false, 0)]);
        keys::remove(&file, &first).unwrap();
        assert_eq!(ours.key_use().await.unwrap(), [of(&second, true, all)]);
        assert_eq!(ours.get(&large).await.unwrap().unwrap(), bytes(INLINE + 1));
        let other = directory.join("other");
        let third = keys::add(&other).unwrap();
        let stranger = Blobs { keyring: Arc::new(Keyring::open(Some(other), false).unwrap()), ..ours };
        let refused = stranger.get(&large).await.unwrap_err();
        assert!(refused.to_string().contains(&second) && refused.to_string().contains(&large.to_string()));
        let used = stranger.key_use().await.unwrap();
        assert_eq!(used[0], of(&third, true, 0));
        assert_eq!(used[1], KeyUse { id: second, active: false, known: false, blobs: all });
    }

    async fn files_of_older_versions_become_blobs(db: Db) {
        let directory = TempDir::new();
        let old = directory.join("gld-delivery/07");
        std::fs::create_dir_all(&old).unwrap();
        let id = Uuid::from_u128(7);
        std::fs::write(old.join(id.as_simple().to_string()), "as it was").unwrap();
        let ours = Blobs::in_directory(directory.path(), db).unwrap();
        assert_eq!(ours.clean(Duration::ZERO).await.unwrap().removed, 0, "no orphans");
        assert_eq!(ours.adopt(directory.path()).await.unwrap(), 1);
        assert_eq!(ours.get(&Key::new("gld-delivery", id)).await.unwrap().unwrap(), "as it was");
        assert_eq!(std::fs::read_dir(&old).unwrap().count(), 0);
        assert_eq!(ours.adopt(directory.path()).await.unwrap(), 0);
    }
}

async fn all(db: &Db, place: &Arc<dyn Place>) {
    let ours = blobs(db, place);
    contents_come_back(&ours, place).await;
    nothing_is_there_without_its_row(&ours, place).await;
    kept_again_is_replaced(&ours, place).await;
    staged_too_long_ago_is_refused(&ours).await;
    damage_is_found_and_never_given_out(&ours, place).await;
}

async fn contents_come_back(ours: &Blobs, place: &Arc<dyn Place>) {
    let sizes = [0, 1, 1000, INLINE, INLINE + 1, 300_000];
    for (number, size) in sizes.into_iter().enumerate() {
        keep(ours, &key(number as u128), bytes(size)).await;
    }
    for (number, size) in sizes.into_iter().enumerate() {
        assert_eq!(ours.get(&key(number as u128)).await.unwrap().unwrap(), bytes(size));
    }
    assert_eq!(objects(place).await.len(), 2, "what is small lies in the database");
    assert!(ours.get(&key(99)).await.unwrap().is_none());
    assert!(ours.get(&Key::new("other", Uuid::from_u128(1))).await.unwrap().is_none());
    let object = object_of(ours, &key(5)).await;
    let sealed = place.get(&object).await.unwrap().unwrap();
    let start = bytes(32);
    assert!(!sealed.windows(32).any(|window| window == start), "what lies in the store is sealed");
    let report = ours.verify().await.unwrap();
    assert_eq!((report.whole, report.faults.len()), (6, 0));
    assert_eq!(report.bytes, sizes.iter().sum::<usize>() as u64);
}

/// What a crash between the two steps leaves is an orphan.
async fn nothing_is_there_without_its_row(ours: &Blobs, place: &Arc<dyn Place>) {
    let before = objects(place).await;
    let lost = key(50);
    drop(ours.stage(&lost, bytes(INLINE + 7)).await.unwrap());
    let undone = ours.stage(&lost, bytes(INLINE + 8)).await.unwrap();
    let mut tx = ours.db.begin("test.undone").await.unwrap();
    undone.keep(&mut tx).await.unwrap();
    tx.rollback().await;
    assert!(ours.get(&lost).await.unwrap().is_none());
    assert_eq!(objects(place).await.len(), before.len() + 2);
    assert_eq!(ours.clean(ORPHAN_AGE).await.unwrap().removed, 0, "its transaction may be open");
    let cleaned = ours.clean(Duration::ZERO).await.unwrap();
    assert_eq!((cleaned.removed, cleaned.objects), (2, before.len() as u64 + 2));
    assert_eq!(objects(place).await, before);
    assert_eq!(ours.verify().await.unwrap().faults, []);
}

async fn kept_again_is_replaced(ours: &Blobs, place: &Arc<dyn Place>) {
    let before = objects(place).await.len();
    for size in [INLINE + 1, INLINE + 2, 5] {
        keep(ours, &key(60), bytes(size)).await;
        assert_eq!(ours.get(&key(60)).await.unwrap().unwrap(), bytes(size));
    }
    assert_eq!(objects(place).await.len(), before + 2);
    assert_eq!(ours.clean(Duration::ZERO).await.unwrap().removed, 2);
}

async fn staged_too_long_ago_is_refused(ours: &Blobs) {
    // A machine that has just started has no such time.
    let Some(long_ago) = Instant::now().checked_sub(KEEP_WITHIN + Duration::from_secs(1)) else { return };
    let mut staged = ours.stage(&key(61), bytes(1)).await.unwrap();
    staged.at = long_ago;
    let mut tx = ours.db.begin("test.late").await.unwrap();
    assert!(staged.keep(&mut tx).await.is_err());
    tx.rollback().await;
}

async fn damage_is_found_and_never_given_out(ours: &Blobs, place: &Arc<dyn Place>) {
    static SWAP: Sql = Sql::new(
        "test.swap",
        "UPDATE blob SET sealed = (SELECT sealed FROM blob WHERE area = $1 AND id = $2) WHERE area = $1 AND id = $3",
    );
    static DIGEST: Sql =
        Sql::new("test.digest", "UPDATE blob SET size = size + 1 WHERE area = $1 AND id = $2");
    let [flipped, cut, gone, swapped, other, miscounted] = [70, 71, 72, 73, 74, 75].map(key);
    for (at, key) in [&flipped, &cut, &gone].into_iter().enumerate() {
        keep(ours, key, bytes(200_000 + at)).await;
    }
    for (at, key) in [&swapped, &other, &miscounted].into_iter().enumerate() {
        keep(ours, key, bytes(20 + at)).await;
    }
    let whole = ours.verify().await.unwrap().whole;
    let object = object_of(ours, &flipped).await;
    let mut sealed = place.get(&object).await.unwrap().unwrap().to_vec();
    sealed[100_000] ^= 1;
    place.put(&object, sealed.into()).await.unwrap();
    let object = object_of(ours, &cut).await;
    let sealed = place.get(&object).await.unwrap().unwrap();
    // Exactly two whole segments: only the mark of the last one tells that something is missing.
    place.put(&object, sealed.slice(..=2 * (64 * 1024 + 16))).await.unwrap();
    place.delete(&object_of(ours, &gone).await).await.unwrap();
    place.delete("test/00/never-there.sealed").await.unwrap();
    db::write_tx!(ours.db, "test.swap", |tx| {
        tx.execute(&SWAP, &params!["test", other.id, swapped.id]).await?;
        tx.execute(&DIGEST, &params!["test", miscounted.id]).await
    })
    .unwrap();
    for bad in [&flipped, &cut, &swapped, &miscounted] {
        let error = ours.get(bad).await.unwrap_err();
        assert!(matches!(error, Error::Corrupt { .. }), "{error}");
        assert!(error.to_string().contains(&bad.to_string()), "{error}");
    }
    assert!(matches!(ours.get(&gone).await.unwrap_err(), Error::Missing(name) if name == gone.to_string()));
    let report = ours.verify().await.unwrap();
    let mut found: Vec<_> = report.faults.iter().map(|(blob, _)| blob.clone()).collect();
    found.sort();
    assert_eq!(found, [&flipped, &cut, &gone, &swapped, &miscounted].map(ToString::to_string));
    assert_eq!(report.whole, whole - 5);
}
