import MunimKit

/// All routes of a host, made from one table; operator routes stand on their own listener when one is configured.
struct Interface: Sendable {
    /// What the listener for webhooks and readers serves.
    let main: Routes
    /// What the operators' own listener serves.
    let admin: Routes
    /// The table behind ``main``.
    let mainTable: [RouteDescription]
    /// The table behind ``admin``.
    let adminTable: [RouteDescription]

    init(_ application: Application, recorder: SignalRecorder?) {
        let http = application.configuration.http
        let read =
            HealthRoutes(application: application).all + RecordRoutes(application: application).all
            + AccountRoutes(application: application).all
        let operate = EmergencyRoutes(application: application).all + MoneyRoutes(application: application).all
        let webhook = Self.webhook(application, recorder: recorder)
        mainTable = OpenAPI.describing(webhook + read + (http.admin == nil ? operate : []))
        adminTable = OpenAPI.describing(read + operate)
        main = Self.routes(mainTable, AccessGate(http, listen: http.listen), application)
        admin = Self.routes(adminTable, AccessGate(http, listen: http.admin ?? http.listen), application)
    }

    private static func routes(_ table: [RouteDescription], _ gate: AccessGate, _ application: Application) -> Routes {
        let patience = Patience(.milliseconds(1_900), clock: application.clock)
        return Routes(
            table.map { description in
                Route(description.method, description.pattern) { request, captures in
                    if let refusal = gate.refusal(of: request, description.access) {
                        application.note(refusal, of: request, at: description.pattern)
                        return refusal
                    }
                    // Reading costs nothing when nobody waits for it any more; what is asked for has limits of its own.
                    guard description.method == .get else { return await answer(request, captures, description, application) }
                    return await patience.value { await answer(request, captures, description, application) }
                        ?? RouteRefusal(status: 503, kind: .unavailable, message: "the records cannot be read in time; ask again")
                        .response(requestID: request.id)
                }
            })
    }

    private static func answer(
        _ request: HTTPRequest, _ captures: [String: String], _ description: RouteDescription, _ application: Application
    ) async -> HTTPResponse {
        do {
            let values = description.isRaw ? [:] : try RouteReading.values(of: request, for: description)
            return try await description.handler(RouteCall(request: request, captures: captures, values: values))
        } catch let refusal as RouteRefusal {
            return refusal.response(requestID: request.id)
        } catch {
            application.log(
                .error, "a request could not be answered", LogField("request", request.id),
                LogField("route", description.pattern), LogField("why", "\(error)"))
            return RouteRefusal(status: 503, kind: .unavailable, message: "the records cannot be read now: \(error)")
                .response(requestID: request.id)
        }
    }

    private static func webhook(_ application: Application, recorder: SignalRecorder?) -> [RouteDescription] {
        let http = application.configuration.http
        let secrets = [http.secret, http.previousSecret].compactMap(\.self)
        let route = WebhookRoute(
            admission: WebhookAdmission(
                secrets: secrets.isEmpty ? nil : SharedSecrets(secrets), senders: http.allow, trustedProxies: http.trustedProxies),
            application: application, recorder: recorder)
        let patterns = http.pathSecret ? ["/webhook", "/webhook/{secret}"] : ["/webhook"]
        return patterns.map { pattern in
            RouteDescription(
                method: .post, pattern: pattern, access: .anybody, summary: "Take a signal.", body: WebhookDescription.fields,
                responses: WebhookDescription.responses, isRaw: true
            ) { call in await route.answer(call.request) }
        }
    }
}

extension Application {
    /// Counts a request of somebody who is not believed to be an operator, and says so in the log: a guess leaves a trace.
    fileprivate func note(_ refusal: HTTPResponse, of request: HTTPRequest, at pattern: String) {
        metrics.add(1, to: .operatorsRefused, label: "\(refusal.status)")
        log(
            .warning, "an operator's request was refused", LogField("request", request.id), LogField("status", refusal.status),
            LogField("route", pattern), LogField("peer", request.peer))
    }
}

/// What the description of the interface says of webhooks, which have a parser of their own.
enum WebhookDescription {
    static let fields = [
        RouteField("type", .words(of: SignalKind.self), isRequired: true, summary: "What to do."),
        RouteField("instrument", .text(longest: 32), isRequired: true, summary: "The configured name."),
        RouteField("position", .text(longest: 8), summary: "Long_1 to Long_6, or ALL; required but for MARKET_DATA."),
        RouteField("price", .price, isRequired: true, summary: "What the exchange quoted."),
        RouteField("stop", .price, summary: "Where the position is given up; 0 for an exit."),
        RouteField("lots", .number(0...10_000), summary: "What the chart suggests."),
        RouteField("atr", .price, summary: "Average true range."),
        RouteField("er", .price, summary: "Efficiency ratio from 0 to 1."),
        RouteField("supertrend", .price, summary: "The trend line."),
        RouteField("roc", .price, summary: "Rate of change; may be negative."),
        RouteField("timestamp", .instant, isRequired: true, summary: "When the chart decided; without a zone on the exchange's clock."),
        RouteField("reason", .text(longest: 50), summary: "Why; required for EXIT."),
        RouteField("entry_price", .price, summary: "Where the chart believes to have entered."),
        RouteField("secret", .text(longest: 256), summary: "The shared secret, unless it stands in the path."),
    ]

    static let responses: [Int: RouteAnswer] = [
        200: .value(SignalView.self, "The verdict, or the stored one for a resend."),
        202: .value(SignalView.self, "Stored; the verdict follows at /signals/{fingerprint}."),
        400: .failure("The body is no signal."), 401: .failure("The secret is missing or wrong."),
        403: .failure("The sender's address is not allowed."), 409: .failure("The identity of an earlier signal with other content."),
        413: .failure("The body is too large."),
        415: .failure("Without a secret the content type must be JSON."), 422: .failure("Well formed and cannot be meant."),
        503: .failure("Not stored; send it again."),
    ]
}
