public import MunimKit

extension SignalRecord {
    /// A signal as a door stores it: its identity is made of instrument, type, position and time; its digest of the price.
    public init(of signal: Signal, at: Instant) {
        let hash = FNV1a.hash(signal.canonicalText)
        func hex(_ number: UInt64) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        let fingerprint = Fingerprint(hex(hash &* 0x9E37_79B9_7F4A_7C15) + hex(hash) + String(repeating: "0", count: 32))
        self.init(fingerprint: fingerprint, signal: signal, digest: "\(signal.price)", rawBody: "", receivedAt: at)
    }
}
