//! The keys that encrypt the signing secrets in the database.

use base64::{
    Engine as _, alphabet, engine::general_purpose::GeneralPurpose, engine::general_purpose::GeneralPurposeConfig,
};

use super::{secret::Secret, setting::Kind};

/// Accepts base64 with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

section! {
    /// The keys that encrypt the signing secrets in the database.
    Auth in "auth" {
        /// 32 random bytes in base64 or hexadecimal digits. Without this key, signing secrets are stored in clear.
        secrets_key: Secret = Secret::default(), Kind::Secret;
        /// Earlier values of `secrets_key`, separated by commas or spaces. The server can still read secrets that they encrypted.
        secrets_keys_old: Secret = Secret::default(), Kind::Secret;
    }
}

/// The error for a text that is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 32 random bytes in base64 or hexadecimal digits, as `openssl rand -base64 32` prints them")]
pub struct NotAKey;

impl Auth {
    /// The key that encrypts new secrets; `None` if secrets are stored in clear.
    ///
    /// # Errors
    /// [`NotAKey`] if `secrets_key` is not a key.
    pub fn current(&self) -> Result<Option<[u8; 32]>, NotAKey> {
        Some(self.secrets_key.expose()).filter(|text| !text.is_empty()).map(key).transpose()
    }

    /// The keys that encrypted stored secrets before `secrets_key`.
    ///
    /// # Errors
    /// [`NotAKey`] if a part of `secrets_keys_old` is not a key.
    pub fn old(&self) -> Result<Vec<[u8; 32]>, NotAKey> {
        let texts = self.secrets_keys_old.expose().split(|c: char| c == ',' || c.is_whitespace());
        texts.filter(|text| !text.is_empty()).map(key).collect()
    }
}

/// Parses a key.
fn key(text: &str) -> Result<[u8; 32], NotAKey> {
    let text = text.trim();
    if text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte =
                text.get(2 * index..2 * index + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).ok_or(NotAKey)?;
        }
        return Ok(bytes);
    }
    BASE64.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(NotAKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_32_bytes_in_base64_or_hexadecimal_digits() {
        let bytes: [u8; 32] = std::array::from_fn(|index| u8::try_from(index * 8).expect("below 256"));
        let padded = BASE64.encode(bytes);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        for good in [&padded, padded.trim_end_matches('='), &hex, &hex.to_uppercase(), &format!("{hex}\n")] {
            assert_eq!(key(good), Ok(bytes), "{good}");
        }
        let long = format!("{padded}{padded}");
        for bad in [
            "",
            "secret",
            "a pass phrase of thirty-two bytes",
            &hex[2..],
            &padded[4..],
            &long,
            &"é".repeat(32),
            &"+f".repeat(32),
        ] {
            assert_eq!(key(bad), Err(NotAKey), "{bad}");
        }
    }

    #[test]
    fn old_keys_are_a_list() {
        let auth = |old: &str| Auth { secrets_keys_old: Secret::new(old), ..Auth::default() };
        let (a, b) = ("aa".repeat(32), "bb".repeat(32));
        assert_eq!(auth("").old(), Ok(vec![]));
        assert_eq!(auth(&format!("{a}, {b}\n")).old(), Ok(vec![[0xaa; 32], [0xbb; 32]]));
        assert_eq!(auth(&format!("{a},short")).old(), Err(NotAKey));
    }
}
