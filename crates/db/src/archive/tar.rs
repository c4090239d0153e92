//! As much of the tar format as an archive of ours needs: plain files with short names, no owners, no times.

use std::io::{self, Read, Write};

const BLOCK: usize = 512;

fn odd(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn sum(header: &[u8; BLOCK]) -> u32 {
    // The field of the sum itself counts as blanks.
    header
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
        .sum()
}

/// Writes the header of a file of `size` bytes.
pub(super) fn header(out: &mut impl Write, name: &str, size: u64) -> io::Result<()> {
    let mut header = [0; BLOCK];
    if name.len() > 100 || size >= 1 << 33 {
        return Err(odd("a name or a file is too long for the archive"));
    }
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{size:011o}\0"));
    put(136, "00000000000\0");
    put(156, "0");
    put(257, "ustar\x0000");
    let total = format!("{:06o}\0 ", sum(&header));
    header[148..156].copy_from_slice(total.as_bytes());
    out.write_all(&header)
}

/// Fills up the last block of a file of `size` bytes.
pub(super) fn pad(out: &mut impl Write, size: u64) -> io::Result<()> {
    out.write_all(&[0; BLOCK][..padding(size)])
}

fn padding(size: u64) -> usize {
    (BLOCK - (size % BLOCK as u64) as usize) % BLOCK
}

/// Ends the archive.
pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(&[0; 2 * BLOCK])
}

/// The next file's name and size; nothing at the archive's end.
pub(super) fn next(from: &mut impl Read) -> io::Result<Option<(String, u64)>> {
    let mut header = [0; BLOCK];
    from.read_exact(&mut header)?;
    if header == [0; BLOCK] {
        return Ok(None);
    }
    let text = |at: usize, length: usize| {
        let field = header[at..at + length].split(|byte| *byte == 0).next().unwrap_or_default();
        std::str::from_utf8(field).map(str::trim).map_err(|_| odd("a header is no text"))
    };
    let number =
        |at, length| u64::from_str_radix(text(at, length)?, 8).map_err(|_| odd("a header holds no number"));
    if &header[257..262] != b"ustar" || number(148, 8)? != u64::from(sum(&header)) || header[156] != b'0' {
        return Err(odd("a header is damaged"));
    }
    Ok(Some((text(0, 100)?.to_owned(), number(124, 12)?)))
}

/// Passes over what fills up the last block of a file of `size` bytes.
pub(super) fn skip_pad(from: &mut impl Read, size: u64) -> io::Result<()> {
    from.read_exact(&mut [0; BLOCK][..padding(size)])
}
