import MunimKit

/// The account and the host as a whole.
struct AccountRoutes: Sendable {
    let application: Application

    var all: [RouteDescription] {
        [
            RouteDescription(
                method: .get, pattern: "/portfolio", access: .readers,
                summary: "Equity, unrealised profit at the last prices, and risk, volatility and margin with their lights.",
                responses: [200: .value(PortfolioView.self, "The account.")], handler: portfolio),
            RouteDescription(
                method: .get, pattern: "/rollover/status", access: .readers,
                summary: "Open positions with the trading days that are left, and the rolls so far.",
                parameters: [RouteField("limit", .number(1...200), whenMissing: .number(50), summary: "Rolls of the past.")],
                responses: [200: .value(RolloverStatusView.self, "Positions and rolls.")], handler: rollover),
            RouteDescription(
                method: .get, pattern: "/config", access: .readers,
                summary: "What is configured, with every default filled in; secrets are never shown.",
                responses: [
                    200: .schema(ConfigurationSchema.schema(of: application.configuration), name: "Configuration", "The configuration.")
                ], mayBeUnavailable: false,
                handler: configuration),
            RouteDescription(
                method: .get, pattern: "/status", access: .readers, summary: "The host on one page.",
                responses: [200: .value(StatusView.self, "The page.")], handler: status),
        ]
    }

    @Sendable private func portfolio(_ call: RouteCall) async throws -> HTTPResponse {
        .encoded(PortfolioView(try await application.account(), policy: application.configuration.policy, at: application.clock.now()))
    }

    @Sendable private func rollover(_ call: RouteCall) async throws -> HTTPResponse {
        .encoded(
            try await RolloverStatusView.read(
                from: application.store, tradedInstruments: application.tradedInstruments, at: application.clock.now(),
                limit: call.number("limit") ?? 50))
    }

    @Sendable private func configuration(_ call: RouteCall) async throws -> HTTPResponse {
        let day = TradingDay(of: application.clock.now())
        return .json(
            ConfigurationView.value(of: application.configuration, tradedInstruments: application.tradedInstruments, on: day).encoded)
    }

    @Sendable private func status(_ call: RouteCall) async throws -> HTTPResponse {
        .encoded(
            StatusView(
                try await application.account(), configuration: application.configuration,
                tradedInstruments: application.tradedInstruments, since: application.records.startedAt,
                condition: application.engine.condition, at: application.clock.now()))
    }
}

extension Application {
    /// The account: as the engine has it after its last commit, or, where it does not decide, from the records.
    func account() async throws(StorageError) -> AccountView {
        if let view = engine.accountView { return view }
        return try await .read(from: store)
    }
}
