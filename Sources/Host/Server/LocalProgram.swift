/// Tells programs of this machine from other machines and from the web pages that people on it look at.
///
/// A page can make its browser send a form or a fetch to this machine, but not with a `Host` that names it after the page resolved its own name to
/// this machine, not without saying that it is a page, and not as JSON unless the receiver agreed before.
enum LocalProgram {
    /// The answer to a webhook that no program of this machine sent; nil when one may have.
    static func refusal(of request: HTTPRequest) -> WebhookRefusal? {
        func refusal(_ status: Int, _ kind: FailureKind, _ message: String) -> WebhookRefusal {
            WebhookRefusal(status: status, kind: kind, message: message + "; set http.secret to take webhooks from others")
        }
        guard request.peer.isLoopback, namesThisMachine(request.header("host")) else {
            return refusal(403, .forbidden, "without a secret only this machine is believed, by its own name")
        }
        let site = request.header("sec-fetch-site").map { Array($0.utf8) }
        guard request.header("origin") == nil, site == nil || site == Array("none".utf8) else {
            return refusal(403, .forbidden, "without a secret no web page is believed")
        }
        guard isJSON(request.header("content-type")) else {
            return refusal(415, .badRequest, "without a secret the content type must be application/json")
        }
        return nil
    }

    /// Whether a `Host` field names this machine itself; a web page that resolves its own name to this machine gives its own name.
    static func namesThisMachine(_ host: String?) -> Bool {
        guard let bytes = host.map({ Array($0.utf8) }), bytes.count <= 64 else { return false }
        let isBracketed = bytes.first == UInt8(ascii: "[")
        let end = isBracketed ? (bytes.firstIndex(of: UInt8(ascii: "]")) ?? bytes.count - 1) + 1 : bytes.firstIndex(of: 58) ?? bytes.count
        guard isPort(bytes[end...]) else { return false }
        let name = String(decoding: bytes[..<end].map { 65...90 ~= $0 ? $0 + 32 : $0 }, as: UTF8.self)
        guard !isBracketed else { return name == "[::1]" }
        return name == "localhost" || IPAddress(name).map { !$0.isVersion6 && $0.isLoopback } ?? false
    }

    /// Whether nothing, or a colon and a number, stands there.
    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let colon = bytes.first else { return true }
        let digits = bytes.dropFirst()
        return colon == UInt8(ascii: ":") && (1...5).contains(digits.count) && digits.allSatisfy { 48...57 ~= $0 }
    }

    private static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        let type = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }.map { 65...90 ~= $0 ? $0 + 32 : $0 }
        return Blanks.trimmed(String(decoding: type, as: UTF8.self)).utf8.elementsEqual("application/json".utf8)
    }
}
