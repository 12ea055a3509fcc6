import MunimKit

/// Stopping, resuming, closing, rolling and freezing, for operators.
struct EmergencyRoutes: Sendable {
    let application: Application

    var all: [RouteDescription] {
        let whoAndWhy = [OperatorFields.reason, OperatorFields.by, OperatorFields.key]
        return [
            route("/emergency/stop", "Refuse everything that increases risk; exits go on.", whoAndWhy, stop),
            route("/emergency/resume", "Allow entries again.", whoAndWhy, resume),
            route(
                "/emergency/close-all", "Close every open position, or show which would be closed.", whoAndWhy + [OperatorFields.dryRun],
                closeAll),
            route(
                "/rollover/scan", "Hold every position against its rollover rule and change nothing.",
                [OperatorFields.by, OperatorFields.key], scan),
            route(
                "/rollover/execute", "Roll what is due, or show what would be rolled.",
                [OperatorFields.by, OperatorFields.key, OperatorFields.dryRun], roll),
            route(
                "/scopes/{instrument}/unfreeze", "Let a frozen instrument take entries again.", whoAndWhy,
                further: [404: .failure("No instrument is called so.")], unfreeze),
        ] + faults
    }

    private func route(
        _ pattern: String, _ summary: String, _ body: [RouteField], further: [Int: RouteAnswer] = [:],
        _ handler: @escaping RouteDescription.Handler
    ) -> RouteDescription {
        RouteDescription(
            method: .post, pattern: pattern, access: .operators, summary: summary, body: body,
            responses: OperatorFields.responses.merging(further) { $1 }, handler: handler)
    }

    @Sendable private func stop(_ call: RouteCall) async throws -> HTTPResponse {
        OperatorReply(try await application.ask(.stop(reason: call.required("reason")), for: call)).response
    }

    @Sendable private func resume(_ call: RouteCall) async throws -> HTTPResponse {
        // What is lifted is the stop that stands now, not one that comes while this is on its way.
        let stop = try await application.account().tradingSwitch?.version
        return OperatorReply(try await application.ask(.resume(reason: call.required("reason"), lifting: stop), for: call)).response
    }

    @Sendable private func closeAll(_ call: RouteCall) async throws -> HTTPResponse {
        guard call.flag("dry_run") else {
            return OperatorReply(try await application.ask(.closeAll(reason: call.required("reason")), for: call)).response
        }
        let open = try await application.account().positions.filter { $0.status != .closing }
        return OperatorReply(
            status: .dryRun, message: "\(open.count) positions would be closed; send dry_run false to close them.",
            details: open.map { "\($0.id): \($0.lots) lots" }
        ).response
    }

    @Sendable private func scan(_ call: RouteCall) async throws -> HTTPResponse {
        let answer = try await application.ask(.rollover(execute: false), for: call)
        return OperatorReply(status: .dryRun, message: answer.message, details: answer.details).response
    }

    @Sendable private func roll(_ call: RouteCall) async throws -> HTTPResponse {
        guard !call.flag("dry_run") else { return try await scan(call) }
        return OperatorReply(try await application.ask(.rollover(execute: true), for: call)).response
    }

    @Sendable private func unfreeze(_ call: RouteCall) async throws -> HTTPResponse {
        let name = try call.capture("instrument")
        let known = application.tradedInstruments.map(\.name.text)
        guard known.contains(name) else { throw RouteRefusal.missing(Vocabulary(known).unknown("instrument", name)) }
        let command = OperatorCommand.unfreeze(InstrumentName(name), reason: try call.required("reason"))
        return OperatorReply(try await application.ask(command, for: call)).response
    }

    /// Drills are for paper alone, and for a broker that can misbehave on order.
    private var faults: [RouteDescription] {
        guard application.configuration.instance.mode == .paper, application.broker is any InjectsFaults else { return [] }
        let faults = RouteField(
            "faults", .remark(longest: 500), isRequired: true, summary: "The misbehaviour in the broker's own words; an empty text ends it."
        )
        return [
            RouteDescription(
                method: .post, pattern: "/faults", access: .operators, summary: "Let the paper broker misbehave, for drills.",
                body: [faults, OperatorFields.by], responses: [200: .value(OperatorReply.self, "The broker misbehaves so from now on.")],
                mayBeUnavailable: false,
                handler: inject)
        ]
    }

    @Sendable private func inject(_ call: RouteCall) async throws -> HTTPResponse {
        let text = try call.required("faults")
        guard let broker = application.broker as? any InjectsFaults else {
            throw RouteRefusal.missing("this broker cannot misbehave on order")
        }
        do { try await broker.inject(text) } catch { throw RouteRefusal.badRequest(["faults: \(error)"]) }
        application.log(.warning, "faults ordered", LogField("by", try call.required("by")), LogField("faults", text))
        return OperatorReply(status: .done, message: text.isEmpty ? "The broker behaves." : "The broker misbehaves: \(text).").response
    }
}
