//! Test enterprise certificates (virksomhetssertifikat), from a CA whose key is public: it proves nothing to anybody outside a test.

use super::files;
use anyhow::{Context, ensure};
use clap::Args;
use jiff::{ToSpan, tz::TimeZone};
use kernel::{Clock, OrgNo, SystemClock};
use rcgen::{
    CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue, Issuer, KeyPair, KeyUsagePurpose,
    SerialNumber,
};
use std::io::Write;
use std::path::PathBuf;

/// The root that a test trusts, and the CA below it that issues.
const ROOT: &str = include_str!("../../test-ca/root.pem");
const ISSUING: &str = include_str!("../../test-ca/issuing.pem");
const ISSUING_KEY: &str = include_str!("../../test-ca/issuing.key");

/// `organizationIdentifier` and `serialNumber` of X.520.
const ORGANIZATION_IDENTIFIER: &[u64] = &[2, 5, 4, 97];
const SERIAL_NUMBER: &[u64] = &[2, 5, 4, 5];

/// Options of `allting pki issue`.
#[derive(Debug, Args)]
pub struct IssueArgs {
    /// Organisation number.
    #[arg(long)]
    org: String,
    /// Name of the organisation.
    #[arg(long)]
    name: String,
    /// What the key is for: `auth` signs tokens and logs in, `seal` signs documents.
    #[arg(long, value_parser = ["auth", "seal"], default_value = "auth")]
    usage: String,
    /// The older form, with the number in the subject's serialNumber instead of organizationIdentifier.
    #[arg(long)]
    seid1: bool,
    /// Days that the certificate is good for, from yesterday on.
    #[arg(long, default_value_t = 730)]
    days: i32,
    /// Directory for `ORG.pem` (certificate and chain) and `ORG.key`.
    #[arg(long, default_value = ".")]
    out: PathBuf,
}

/// Writes certificate and key.
pub fn run(args: &IssueArgs) -> anyhow::Result<()> {
    let (chain, key) = issue(args)?;
    let (chain_file, key_file) =
        (args.out.join(format!("{}.pem", args.org)), args.out.join(format!("{}.key", args.org)));
    files::create(&key_file, key.as_bytes())?;
    files::create(&chain_file, chain.as_bytes())?;
    writeln!(std::io::stdout().lock(), "{}\n{}", chain_file.display(), key_file.display())?;
    Ok(())
}

/// The chain, the organisation's certificate first, and its key; both PEM.
fn issue(args: &IssueArgs) -> anyhow::Result<(String, String)> {
    let org = OrgNo::parse(&args.org)
        .ok()
        .with_context(|| format!("{:?} is not an organisation number", args.org))?;
    ensure!((1..=3650).contains(&args.days), "--days is from 1 to 3650");
    let number = org.to_string();
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CountryName, DnValue::PrintableString("NO".try_into()?));
    subject.push(DnType::OrganizationName, args.name.as_str());
    if args.seid1 {
        subject.push(
            DnType::CustomDnType(SERIAL_NUMBER.to_vec()),
            DnValue::PrintableString(number.as_str().try_into()?),
        );
    } else {
        subject.push(DnType::CustomDnType(ORGANIZATION_IDENTIFIER.to_vec()), format!("NTRNO-{number}"));
    }
    subject.push(DnType::CommonName, args.name.as_str());
    let today = SystemClock.now().to_zoned(TimeZone::UTC).date();
    let day = |date: jiff::civil::Date| {
        rcgen::date_time_ymd(date.year().into(), date.month() as u8, date.day() as u8)
    };
    let mut params = CertificateParams::default();
    params.distinguished_name = subject;
    params.not_before = day(today.yesterday()?);
    params.not_after = day(today.checked_add(args.days.days())?);
    params.key_usages = vec![match args.usage.as_str() {
        "seal" => KeyUsagePurpose::ContentCommitment,
        _ => KeyUsagePurpose::DigitalSignature,
    }];
    params.use_authority_key_identifier_extension = true;
    params.custom_extensions = vec![policies()];
    let mut serial = [0; 16];
    aws_lc_rs::rand::fill(&mut serial).ok().context("the machine gives no randomness")?;
    serial[0] &= 0x7f;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    let key_pem = jose::generate_rsa(2048)?;
    let issuer = Issuer::from_ca_cert_pem(ISSUING, KeyPair::from_pem(ISSUING_KEY)?)?;
    let certificate = params.signed_by(&KeyPair::from_pem(&key_pem)?, &issuer)?;
    Ok((format!("{}{ISSUING}{ROOT}", certificate.pem()), key_pem))
}

/// certificatePolicies with ETSI's policy for legal persons (NCP, 0.4.0.2042.1.1), which marks no real issuer.
fn policies() -> CustomExtension {
    const CERTIFICATE_POLICIES: &[u64] = &[2, 5, 29, 32];
    CustomExtension::from_oid_content(
        CERTIFICATE_POLICIES,
        vec![0x30, 0x0a, 0x30, 0x08, 0x06, 0x06, 0x04, 0x00, 0x8f, 0x7a, 0x01, 0x01],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use x509_parser::pem::Pem;

    fn args(seid1: bool, usage: &str) -> IssueArgs {
        IssueArgs {
            org: "310149942".into(),
            name: "SØMMELIG ØRKEN TIGER AS".into(),
            usage: usage.into(),
            seid1,
            days: 30,
            out: ".".into(),
        }
    }

    #[test]
    fn the_chain_leads_to_the_root_and_the_subject_has_the_number() {
        for (seid1, usage) in [(false, "auth"), (true, "seal")] {
            let (chain, key) = issue(&args(seid1, usage)).unwrap();
            assert!(jose::KeySet::from_pem(&key, None).is_ok());
            let chain: Vec<Pem> = Pem::iter_from_buffer(chain.as_bytes()).map(Result::unwrap).collect();
            let chain: Vec<_> = chain.iter().map(|pem| pem.parse_x509().unwrap()).collect();
            let [leaf, issuing, root] = chain.as_slice() else { panic!("three certificates") };
            for (below, above) in [(leaf, issuing), (issuing, root), (root, root)] {
                assert_eq!(below.issuer(), above.subject());
                assert!(above.is_ca() && above.validity().is_valid());
            }
            let value = |oid: &[u64]| {
                let oid = x509_parser::oid_registry::Oid::from(oid).unwrap();
                leaf.subject().iter_by_oid(&oid).next().map(|at| at.as_str().unwrap().to_owned())
            };
            let (modern, old) = (value(ORGANIZATION_IDENTIFIER), value(SERIAL_NUMBER));
            assert_eq!(
                (modern, old),
                if seid1 { (None, Some("310149942".into())) } else { (Some("NTRNO-310149942".into()), None) }
            );
            let allowed = leaf.key_usage().unwrap().unwrap().value;
            assert_eq!((allowed.digital_signature(), allowed.non_repudiation()), (!seid1, seid1));
            assert!(!leaf.is_ca());
        }
    }

    #[test]
    fn a_wrong_number_is_refused() {
        assert!(issue(&IssueArgs { org: "310149943".into(), ..args(false, "auth") }).is_err());
    }
}
