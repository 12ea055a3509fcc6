internal import CSodium

/// Digests, comparisons and randomness, all of them libsodium's.
enum Cryptography {
    /// Whether the library is ready; it initialises itself once, from whichever thread asks first.
    private static let isReady = sodium_init() >= 0

    /// The SHA-256 of `bytes`.
    static func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let input = Array(bytes)
        var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_bytes()))
        crypto_hash_sha256(&digest, input, UInt64(input.count))
        return digest
    }

    /// The SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
    static func sha256Hex(_ bytes: some Collection<UInt8>) -> String { hex(sha256(bytes)) }

    /// Whether two byte strings are equal; takes the same time wherever they differ. A difference in length is not hidden.
    static func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && sodium_memcmp(left, right, left.count) == 0
    }

    /// Unpredictable bytes.
    static func randomBytes(_ count: Int) -> [UInt8] {
        precondition(isReady, "libsodium found no source of randomness")
        var bytes = [UInt8](repeating: 0, count: max(0, count))
        randombytes_buf(&bytes, bytes.count)
        return bytes
    }

    /// Two lower-case hexadecimal digits for each byte, written in one piece because every signal needs them.
    static func hex(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for (index, byte) in bytes.enumerated() {
                text[index * 2] = digit(byte >> 4)
                text[index * 2 + 1] = digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    private static func digit(_ half: UInt8) -> UInt8 { half < 10 ? 48 + half : 87 + half }
}
