import MunimKit

/// The door for signals: believe, read, store, answer with the verdict when it comes in time.
struct WebhookRoute: Sendable {
    let admission: WebhookAdmission
    let application: Application
    let recorder: SignalRecorder?
    private let patience: Patience

    init(admission: WebhookAdmission, application: Application, recorder: SignalRecorder?) {
        self.admission = admission
        self.application = application
        self.recorder = recorder
        // Where the storage is quick, the time for the verdict is over first.
        let forVerdict = application.configuration.http.replyWithin.microseconds + 300_000
        patience = Patience(Span(microseconds: max(1_900_000, forVerdict)), clock: application.clock)
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let started = application.clock.boot()
        application.metrics.add(1, to: .signalsReceived, label: nil)
        let response: HTTPResponse
        switch admission.admit(request) {
        case .failure(let refusal): response = refuse(refusal, request)
        case .success(let parsed):
            recorder?.record(parsed, at: application.clock.now())
            response = await take(parsed, request)
        }
        application.metrics.record(application.clock.boot() - started, in: .acknowledgement, label: "\(response.status)")
        return response
    }

    private func refuse(_ refusal: WebhookRefusal, _ request: HTTPRequest) -> HTTPResponse {
        application.metrics.add(1, to: .requestsRefused, label: "\(refusal.status)")
        application.log(
            .warning, "a webhook was refused", LogField("request", request.id), LogField("status", refusal.status),
            LogField("why", refusal.message), LogField("peer", request.peer))
        return refusal.response(requestID: request.id)
    }

    private func take(_ parsed: ParsedWebhook, _ request: HTTPRequest) async -> HTTPResponse {
        let signal = parsed.signal
        let names = application.tradedInstruments.map(\.name.text)
        guard names.contains(signal.instrument.text) else {
            let nearest = Vocabulary(names).nearest(to: signal.instrument.text).map { ", did you mean \($0)?" } ?? ""
            application.metrics.add(1, to: .requestsRefused, label: "422")
            return .failure(
                422, .unknownInstrument,
                "no instrument \(signal.instrument) is configured (known: \(names.joined(separator: ", "))\(nearest))",
                requestID: request.id)
        }
        let record = SignalRecord(
            fingerprint: Fingerprint(Cryptography.sha256Hex(signal.canonicalText.utf8)), signal: signal,
            digest: Cryptography.sha256Hex(parsed.payload.utf8), rawBody: String(decoding: parsed.body, as: UTF8.self),
            receivedAt: application.clock.now())
        // A commit that others hold up goes on: the sender is told to send again, and is then answered from what was stored.
        let admission = await patience.value { [inbox = application.inbox, span = application.configuration.http.replyWithin] in
            await inbox.submit(record, waiting: span)
        }
        return answer(to: admission ?? .unavailable("the storage did not answer in time"), request)
    }

    private func answer(to admission: Inbox.Admission, _ request: HTTPRequest) -> HTTPResponse {
        switch admission {
        case .accepted(let record):
            log(record, request, "a signal was accepted")
            return .encoded(SignalView(record, requestID: request.id), status: record.status.isVerdict ? 200 : 202)
        case .duplicate(let record):
            application.metrics.add(1, to: .signalsDuplicate, label: nil)
            log(record, request, "a signal came again")
            return .encoded(SignalView(record, requestID: request.id, isDuplicate: true))
        case .conflict(let record):
            log(record, request, "a signal came with other content")
            return .failure(
                409, .conflict, "signal \(record.fingerprint) was accepted before with other content; this one was kept and not traded",
                requestID: request.id)
        case .unavailable(let reason):
            application.log(.error, "a signal could not be accepted", LogField("request", request.id), LogField("why", reason))
            return .failure(503, .unavailable, "the signal cannot be stored now; send it again", requestID: request.id)
                .adding("Retry-After", "5")
        }
    }

    private func log(_ record: SignalRecord, _ request: HTTPRequest, _ message: String) {
        application.log(
            .info, message, LogField("request", request.id), LogField("fingerprint", record.fingerprint.text.prefix(16)),
            LogField("signal", "\(record.signalType) \(record.instrument) \(record.position)"), LogField("status", record.status.rawValue),
            LogField("reason", record.reason?.rawValue ?? "-"))
    }
}
