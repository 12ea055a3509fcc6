/// The head of a request as the HTTP library parsed it in place: every part with its distance from the first byte of the method.
///
/// The distances show what the library tolerated. It cuts lines by writing zero bytes over their ends and never moves a part, so in a
/// well-formed head the parts lie exactly one separator apart; a bare line feed, a folded line, a zero byte or a blank too many shifts them.
struct RawHead: Sendable {
    /// A part of the head and where it began.
    struct Part: Sendable {
        let offset: Int
        let bytes: [UInt8]
        /// The offset of the byte after the part.
        var end: Int { offset &+ bytes.count }
    }
    let method: [UInt8]
    let target: Part
    let version: Part
    /// Name and value of each field, in the order of arrival.
    let fields: [(name: Part, value: Part)]
    /// All bytes from the method to the empty line, that line included.
    let size: Int
}

/// Why a head is refused; the sender learns the status and nothing more.
enum HeadFault: Int, Error, Sendable {
    case malformed = 400
    case lengthRequired = 411
    case bodyTooLarge = 413
    case targetTooLong = 414
    case encodedBody = 415
    case expectation = 417
    case tooManyFields = 431
    case version = 505
}

/// A head that has one reading only.
struct RequestHead: Sendable {
    let method: HTTPMethod
    let target: RequestTarget
    let headers: [HTTPField]
    /// The announced length of the body.
    let bodyLength: Int

    /// Reads `raw`, or throws the first fault (RFC 9112, and stricter where proxies are known to differ).
    init(_ raw: RawHead, options: HTTPServerOptions) throws(HeadFault) {
        guard raw.target.bytes.count <= options.targetBytes else { throw .targetTooLong }
        guard raw.fields.count <= options.fields else { throw .tooManyFields }
        guard Self.isCanonical(raw), let method = HTTPMethod(rawValue: String(decoding: raw.method, as: UTF8.self)) else {
            throw .malformed
        }
        guard raw.version.bytes == Array("HTTP/1.1".utf8) else { throw .version }
        guard let target = RequestTarget(raw.target.bytes) else { throw .malformed }
        var headers: [HTTPField] = []
        for (name, value) in raw.fields { headers.append(try Self.field(name.bytes, value.bytes)) }
        self.method = method
        self.target = target
        self.headers = headers
        bodyLength = try Self.bodyLength(headers, limit: options.bodyBytes)
    }

    /// Whether nothing but the separators of the grammar lies between the parts.
    private static func isCanonical(_ raw: RawHead) -> Bool {
        guard raw.target.offset == raw.method.count + 1, raw.version.offset == raw.target.end + 1 else { return false }
        var end = raw.version.end + 2
        for (name, value) in raw.fields {
            // Blanks may stand between colon and value; the value's offset is behind them.
            guard name.offset == end, value.offset > name.end, value.offset - name.end <= 64 else { return false }
            end = value.end + 2
        }
        return raw.size == end + 2
    }

    private static func field(_ name: [UInt8], _ value: [UInt8]) throws(HeadFault) -> HTTPField {
        guard !name.isEmpty, name.allSatisfy(isToken), value.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }),
            let text = String(validating: value, as: UTF8.self)
        else { throw .malformed }
        return HTTPField(name: String(decoding: name, as: UTF8.self).lowercased(), value: Blanks.trimmed(text))
    }

    // Fields of which two have two readings.
    private static let singular: Set<String> = [
        "host", "content-length", "content-type", "content-encoding", "transfer-encoding", "authorization", "expect", "x-forwarded-for",
        "x-request-id",
    ]

    private static func bodyLength(_ headers: [HTTPField], limit: Int) throws(HeadFault) -> Int {
        var values: [String: String] = [:]
        for field in headers where singular.contains(field.name) {
            // Texts beyond ASCII are normalised when they are compared, which costs a stranger nothing and the host much.
            guard field.name == "authorization" || field.value.utf8.allSatisfy({ $0 < 128 }) else { throw .malformed }
            guard values.updateValue(field.value, forKey: field.name) == nil else { throw .malformed }
        }
        guard let host = values["host"], isHost(host) else { throw .malformed }
        if let encoding = values["transfer-encoding"] {
            // A body of announced length has one end; a proxy in front sends that anyway, so no chunks are read at all.
            throw encoding.lowercased() == "chunked" && values["content-length"] == nil ? .lengthRequired : .malformed
        }
        if let encoding = values["content-encoding"], encoding.lowercased() != "identity" { throw .encodedBody }
        if let expectation = values["expect"], expectation.lowercased() != "100-continue" { throw .expectation }
        guard let length = values["content-length"] else { return 0 }
        guard !length.isEmpty, length.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { throw .malformed }
        guard length.utf8.count <= 18, let count = Int(length), count <= limit else { throw .bodyTooLarge }
        return count
    }

    private static func isHost(_ host: String) -> Bool {
        !host.isEmpty && host.utf8.count <= 255
            && host.utf8.allSatisfy { isAlphanumeric($0) || [45, 46, 58, 91, 93, 95].contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: false
        }
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || [33, 35, 36, 37, 38, 39, 42, 43, 45, 46, 94, 95, 96, 124, 126].contains(byte)
    }
}
