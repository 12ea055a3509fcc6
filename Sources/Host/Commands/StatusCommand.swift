import MunimKit

/// `munim status`.
enum StatusCommand {
    static let command = Command(
        words: ["status"], summary: "Shows the host on one page: asked of the host when it runs, else read from its records.",
        options: [CommandOption(name: "watch", summary: "Show it again every second until stopped."), .json, .config],
        examples: ["munim status", "munim status --watch"], run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let configuration = try input.configuration()
        let host = HostConnection(configuration.http)
        guard input.flags.contains("watch") else {
            try await show(configuration, host, input)
            return 0
        }
        while !Task.isCancelled {
            if input.world.isTerminal, !input.isJSON { input.world.output("\u{1B}[H\u{1B}[2J\u{1B}[3J") }
            try await show(configuration, host, input)
            guard (try? await input.world.clock.sleep(until: input.world.clock.now() + .seconds(1))) != nil else { break }
        }
        return 0
    }

    private static func show(_ configuration: HostConfiguration, _ host: HostConnection, _ input: CommandInput) async throws(CommandFailure)
    {
        let view = try await view(configuration, host, input)
        guard !input.isJSON else { return try input.show(json: view) }
        input.show(lines(of: view))
    }

    private static func view(
        _ configuration: HostConfiguration, _ host: HostConnection, _ input: CommandInput
    ) async throws(CommandFailure) -> StatusView {
        if let answer = try await host.get("/status"), answer.status == 200,
            let view = try? InterfaceCoding.decode(StatusView.self, from: answer.body), view.instance == configuration.instance.name
        {
            return view
        }
        let tradedInstruments = try input.tradedInstruments(of: configuration)
        return try await input.reading(configuration) { store in
            try await StatusView.read(
                from: store, configuration: configuration, tradedInstruments: tradedInstruments, at: input.world.clock.now())
        }
    }

    /// The page for people.
    static func lines(of view: StatusView) -> [String] {
        let portfolio = view.portfolio
        var lines = [
            "\(view.instance)  \(view.mode.rawValue), broker \(view.broker), storage \(view.storage), munim \(view.version)",
            "host      \(view.condition ?? "not reached; this is what its records say")",
            "trading   " + trading(view.trading), "",
        ]
        var money = TextTable(("MONEY", .left), ("AMOUNT", .right), ("SHARE", .right), ("", .left))
        money.rows = [
            ["closed equity", "\(portfolio.closedEquity)", "", ""],
            ["unrealised", portfolio.unrealizedPnl?.description ?? "-", "", ""],
            row("at risk", portfolio.risk), row("volatility", portfolio.volatility), row("margin used", portfolio.margin),
            ["margin free", "\(portfolio.marginAvailable)", "", ""],
        ]
        lines += money.lines
        if !view.disabledGuards.isEmpty { lines += ["", "switched off"] + view.disabledGuards.map { "  " + $0 } }
        if !view.calendarGaps.isEmpty { lines += ["", "not known"] + view.calendarGaps.map { "  " + $0 } }
        if !view.frozen.isEmpty {
            lines += ["", "frozen"] + view.frozen.map { "  \($0.instrument): \($0.frozenReason ?? "a person must look")" }
        }
        lines += ["", view.positions.isEmpty ? "no open positions" : "positions"] + indented(PositionsCommand.lines, view.positions)
        lines += ["", "\(view.waitingSignals) \(view.waitingSignals == 1 ? "signal waits" : "signals wait") for a verdict"]
        return lines + indented(SignalsCommand.lines, view.latestSignals)
    }

    private static func indented<View>(_ table: ([View]) -> [String], _ views: [View]) -> [String] {
        views.isEmpty ? [] : table(views).map { "  " + $0 }
    }

    private static func row(_ name: String, _ stake: PortfolioView.Stake) -> [String] {
        [name, "\(stake.amount)", stake.percent.map { $0 + " %" } ?? "-", stake.light.rawValue]
    }

    private static func trading(_ trading: StatusView.Trading) -> String {
        guard trading.isStopped else { return "running" }
        return
            "STOPPED by \(trading.changedBy ?? "somebody") at \(ExchangeTime.text(trading.changedAt)): \(trading.reason ?? "no reason given")"
    }
}
