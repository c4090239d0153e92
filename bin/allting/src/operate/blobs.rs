//! Objects of the blob store, as backups see them: names `area/id` and bytes as they lie there, sealed.

use anyhow::Context;
use blob::Objects;
use config::Config;
use db::archive::Source;
use uuid::Uuid;

/// Every object that a row of the snapshot names, by name.
pub async fn named(source: &mut Source) -> db::Result<Vec<(String, Uuid)>> {
    let text = "SELECT area, object FROM blob WHERE object IS NOT NULL ORDER BY area, object";
    let rows = source.query("backup.objects", text).await?;
    let mut objects: Vec<(String, Uuid)> =
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<db::Result<_>>()?;
    // Areas in the order of bytes, whatever the database thinks of them.
    objects.sort();
    Ok(objects)
}

/// Ids of the master keys without which the blobs of the snapshot cannot be read.
pub async fn keys(source: &mut Source) -> db::Result<Vec<String>> {
    let rows = source.query("backup.keys", "SELECT DISTINCT key_id FROM blob").await?;
    let mut keys: Vec<String> = rows.iter().map(|row| row.get(0)).collect::<db::Result<_>>()?;
    keys.sort();
    Ok(keys)
}

/// The blob store of `config`; its keys are not needed.
pub fn store(config: &Config) -> anyhow::Result<Objects> {
    Objects::open(config).context("cannot open the blob store")
}

/// `area/id` of an archive.
pub fn split(name: &str) -> anyhow::Result<(&str, Uuid)> {
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let parts = name.split_once('/').filter(|(area, _)| !area.is_empty() && plain(area));
    let (area, id) = parts.with_context(|| format!("{name:?} is no name of a blob"))?;
    Ok((area, id.parse().with_context(|| format!("{name:?} is no name of a blob"))?))
}
