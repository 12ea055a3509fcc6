/// What kind of error an answer tells of; stable, for programs.
enum FailureKind: String, Codable, CaseIterable, Sendable {
    /// No acceptable reading of the request exists.
    case badRequest = "bad_request"
    /// A parameter or the body is wrong.
    case validationError = "validation_error"
    case unauthorized, forbidden
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    /// The same identity with other content.
    case conflict
    /// More than one thing is called so.
    case ambiguous
    case unknownInstrument = "unknown_instrument"
    /// Not possible now.
    case unavailable
}

/// An answer with its whole body.
struct HTTPResponse: Hashable, Sendable {
    /// 200 to 599.
    var status: Int
    var contentType: String
    var body: [UInt8]
    /// Further fields; names and values must be free of line breaks, others are left out.
    var headers: [HTTPField]
    /// Whether the connection ends after this answer.
    var closesConnection: Bool

    init(status: Int, contentType: String, body: [UInt8], headers: [HTTPField] = [], closesConnection: Bool = false) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.headers = headers
        self.closesConnection = closesConnection
    }

    /// JSON that is already encoded.
    static func json(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, contentType: "application/json", body: Array(text.utf8))
    }

    /// Plain text in UTF-8.
    static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    /// The uniform error object: `status`, `error_type`, `message`, `request_id`; `details` is encoded JSON added as it stands.
    static func failure(_ status: Int, _ kind: FailureKind, _ message: String, requestID: String, details: String? = nil) -> HTTPResponse {
        let fields = [
            #""status":"error""#, "\"error_type\":\(JSONText.quoted(kind.rawValue))", "\"message\":\(JSONText.quoted(message))",
            "\"request_id\":\(JSONText.quoted(requestID))",
        ]
        return .json("{\((fields + (details.map { ["\"details\":\($0)"] } ?? [])).joined(separator: ","))}", status: status)
    }

    /// The answer to a request that has no acceptable reading, or that cannot be handled: a status, no detail, and the end of the connection.
    static func refusal(_ status: Int, requestID: String) -> HTTPResponse {
        var response = failure(status, status < 500 ? .badRequest : .unavailable, "the request was not accepted", requestID: requestID)
        response.closesConnection = true
        return response
    }

    /// The same answer with one more field.
    func adding(_ name: String, _ value: String) -> HTTPResponse {
        var copy = self
        copy.headers.append(HTTPField(name: name, value: value))
        return copy
    }
}

/// Writes JSON text.
enum JSONText {
    /// `text` as a JSON string: quotes, backslashes and control characters escaped, everything else as UTF-8.
    static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: isEscaped) else { return "\"" + text + "\"" }
        var result: [UInt8] = [UInt8(ascii: "\"")]
        result.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                result.append(UInt8(ascii: "\\"))
                result.append(byte)
            case 10: result += Array("\\n".utf8)
            case 13: result += Array("\\r".utf8)
            case 9: result += Array("\\t".utf8)
            case _ where isEscaped(byte): result += Array("\\u00".utf8) + Array(Cryptography.hex([byte]).utf8)
            default: result.append(byte)
            }
        }
        result.append(UInt8(ascii: "\""))
        return String(decoding: result, as: UTF8.self)
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
