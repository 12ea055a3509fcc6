/// The secrets that senders may use, kept as digests; several at once while one is being replaced by another.
struct SharedSecrets: Sendable {
    private let digests: [[UInt8]]

    /// Any of these; with none of them nothing is accepted.
    init(_ secrets: [SharedSecret]) { digests = secrets.map { Cryptography.sha256($0.reveal().utf8) } }

    /// Whether `candidate` is one of the secrets; takes the same time for every candidate of a length.
    func accepts(_ candidate: String?) -> Bool {
        guard let candidate else { return false }
        let digest = Cryptography.sha256(candidate.utf8)
        return digests.reduce(false) { Cryptography.constantTimeEquals($1, digest) || $0 }
    }
}

/// Why a webhook is not let in.
struct WebhookRefusal: Error, Equatable, Sendable {
    /// 400, 401, 403 or 422.
    let status: Int
    let kind: FailureKind
    /// One sentence without secrets.
    let message: String
    let faults: [WebhookFault]
    /// The body as received with the secret masked, for the audit trail.
    let body: [UInt8]

    /// The answer to the sender.
    func response(requestID: String) -> HTTPResponse {
        let details = faults.isEmpty ? nil : "[" + faults.map(\.encoded).joined(separator: ",") + "]"
        return .failure(status, kind, message, requestID: requestID, details: details)
    }
}

/// Decides whether a webhook is believed, and reads it.
///
/// The secret stands in the body's field `secret` or as the second segment of the path, `/webhook/SECRET`; one in the path decides alone.
struct WebhookAdmission: Sendable {
    /// nil when no secret is asked for, which only a loopback listener should do.
    let secrets: SharedSecrets?
    /// Where senders may come from; empty means anywhere.
    let senders: [AddressRange]
    let senderAddress: SenderAddress

    init(secrets: SharedSecrets?, senders: [AddressRange] = [], trustedProxies: [AddressRange] = []) {
        self.secrets = secrets
        self.senders = senders
        senderAddress = SenderAddress(trustedProxies: trustedProxies)
    }

    /// The signal in `request`, or the refusal to answer with: 403 for a strange address, 401 without the secret, then 400 and 422.
    func admit(_ request: HTTPRequest) -> Result<ParsedWebhook, WebhookRefusal> {
        let address = senderAddress.address(of: request)
        guard senders.isEmpty || senders.contains(where: { $0.contains(address) }) else {
            return .failure(refusal(403, .forbidden, "the sender's address is not allowed", request))
        }
        let inPath = request.path.count > 1 ? request.path[1] : nil
        if let secrets, inPath != nil, !secrets.accepts(inPath) { return .failure(unbelieved(request)) }
        switch WebhookParse.parse(request.body) {
        case .success(let parsed):
            return isBelieved(inPath: inPath, inBody: parsed.secret) ? .success(parsed) : .failure(unbelieved(request))
        case .failure(let faults):
            // A body that is no JSON has no secret that could be compared; its fault says nothing but where the JSON ends.
            guard faults.isUnreadable || isBelieved(inPath: inPath, inBody: faults.secret) else { return .failure(unbelieved(request)) }
            return .failure(
                WebhookRefusal(
                    status: faults.status, kind: .validationError, message: faults.faults.map(\.description).joined(separator: ". "),
                    faults: faults.faults, body: faults.body))
        }
    }

    private func isBelieved(inPath: String?, inBody: String?) -> Bool {
        guard let secrets else { return true }
        return inPath != nil || secrets.accepts(inBody)
    }

    private func unbelieved(_ request: HTTPRequest) -> WebhookRefusal {
        refusal(401, .unauthorized, "the secret is missing or wrong", request)
    }

    private func refusal(_ status: Int, _ kind: FailureKind, _ message: String, _ request: HTTPRequest) -> WebhookRefusal {
        WebhookRefusal(status: status, kind: kind, message: message, faults: [], body: Redaction.masked(request.body))
    }
}
