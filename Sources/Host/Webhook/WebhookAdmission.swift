/// Why a webhook is not let in.
struct WebhookRefusal: Error, Equatable, Sendable {
    /// 400, 401, 403, 415 or 422.
    let status: Int
    let kind: FailureKind
    /// One sentence without secrets.
    let message: String
    var faults: [WebhookFault] = []

    /// The answer to the sender.
    func response(requestID: String) -> HTTPResponse {
        let details = faults.isEmpty ? nil : "[" + faults.map(\.encoded).joined(separator: ",") + "]"
        return .failure(status, kind, message, requestID: requestID, details: details)
    }
}

/// Decides whether a webhook is believed, and reads it.
///
/// The secret stands in the body's field `secret` or as the second segment of the path, `/webhook/SECRET`; one in the path decides alone. It is
/// compared before anything else in the body is looked at, and who does not know it gets nothing of the body back. Without a secret only programs
/// of this machine are believed.
struct WebhookAdmission: Sendable {
    /// nil when no secret is asked for, which only a loopback listener may do.
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
            return .failure(WebhookRefusal(status: 403, kind: .forbidden, message: "the sender's address is not allowed"))
        }
        guard let secrets else {
            if let refusal = LocalProgram.refusal(of: request) { return .failure(refusal) }
            return examine(WebhookText(request.body))
        }
        if request.path.count > 1 {
            return secrets.accepts(request.path[1]) ? examine(WebhookText(request.body)) : .failure(Self.unbelieved)
        }
        let text = WebhookText(request.body)
        if secrets.accepts(text.secret) { return examine(text) }
        return .failure(text.secret == nil ? text.faultsForStrangers.map(Self.refusal) ?? Self.unbelieved : Self.unbelieved)
    }

    private func examine(_ text: WebhookText) -> Result<ParsedWebhook, WebhookRefusal> {
        text.signal(hiding: secrets).mapError(Self.refusal)
    }

    private static let unbelieved = WebhookRefusal(status: 401, kind: .unauthorized, message: "the secret is missing or wrong")

    private static func refusal(_ faults: WebhookFaults) -> WebhookRefusal {
        let message = faults.faults.map(\.description).joined(separator: ". ")
        return WebhookRefusal(status: faults.status, kind: .validationError, message: message, faults: faults.faults)
    }
}
