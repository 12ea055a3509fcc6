import Instruments
import MunimKit
import Rollover
import Sizing

/// Everything that a run decides with: traded instruments, policy, account.
struct ReplayStage: Sendable {
    let tradedInstruments: [TradedInstrument]
    let policy: Policy
    /// The sizing rule of each instrument, for the report.
    let sizing: String
    /// Gates that are off, in words; empty when all are on.
    let gatesOff: [String]

    /// The stage for these instruments.
    init(_ names: [InstrumentName], options: ReplayOptions, host: HostConfiguration?) throws(ReplayFault) {
        let isAsSignalled = options.sizing == .asSignalled || options.sizing == nil && host == nil
        var tradedInstruments: [TradedInstrument] = []
        for name in names { tradedInstruments.append(try Self.traded(name, options, host)) }
        self.tradedInstruments = tradedInstruments
        policy = Self.policy(options, host, isAsSignalled: isAsSignalled)
        sizing = options.sizing?.description ?? (host == nil ? SizingChoice.asSignalled.description : "as configured")
        gatesOff = isAsSignalled ? ["portfolio limits", "pyramid gates", "price divergence"] : []
    }

    // MARK: - Traded instruments

    /// What trades an instrument; throws a sentence when it is not known.
    static func traded(_ name: InstrumentName, _ options: ReplayOptions, _ host: HostConfiguration?) throws(ReplayFault) -> TradedInstrument
    {
        let context = PluginContext(name: name.text, clock: SystemClock())
        guard let host else {
            let model = try preset(of: name, context)
            guard model != nil || options.pointValue != nil else {
                throw ReplayFault(
                    "no instrument \(name) is known, so its point value is not either: give --point-value, or --config with a file that has it "
                        + "(known: \(presetNames.map(\.text).joined(separator: ", ")))")
            }
            let choice = options.sizing ?? .asSignalled
            let future = EndlessFuture(
                name: name, model: model, pointValue: options.pointValue)
            return TradedInstrument(name: name, instrument: future, sizing: sizing(choice, context), rollover: never(context))
        }
        guard let entry = host.instruments.first(where: { $0.name == name }) else {
            let known = host.instruments.map(\.name.text).joined(separator: ", ")
            throw ReplayFault("no instrument \(name) is configured in \(options.configuration ?? "the file"), expected one of \(known)")
        }
        let made = try constructed(entry, context)
        let rule = options.sizing.map { sizing($0, context) } ?? made.sizing
        guard let pointValue = options.pointValue else {
            return TradedInstrument(name: name, instrument: made.instrument, sizing: rule, rollover: made.rollover)
        }
        let future = EndlessFuture(name: name, model: made.instrument, pointValue: pointValue)
        return TradedInstrument(name: name, instrument: future, sizing: rule, rollover: never(context))
    }

    private static func constructed(_ entry: InstrumentConfiguration, _ context: PluginContext) throws(ReplayFault) -> ConstructedInstrument
    {
        do throws(ConstructionFault) { return try ConstructedInstrument(entry, context: context) } catch {
            throw ReplayFault(error.message)
        }
    }

    /// The names of the built-in instruments that need no options.
    static let presetNames = BuiltInInstruments.all.map { InstrumentName(name(of: $0)) }.filter { !$0.text.contains("FUTURE") }

    private static func name(of type: any InstrumentPlugin.Type) -> String {
        String(type.manifest.name.map { $0 == "-" ? "_" : Character($0.uppercased()) })
    }

    /// The built-in instrument of a name such as `GOLD_MINI`, or nil.
    static func preset(of name: InstrumentName, _ context: PluginContext) throws(ReplayFault) -> (any InstrumentPlugin)? {
        guard presetNames.contains(name), let type = BuiltInInstruments.all.first(where: { self.name(of: $0) == name.text }) else {
            return nil
        }
        return try make(type, [:], context) as? any InstrumentPlugin
    }

    private static func sizing(_ choice: SizingChoice, _ context: PluginContext) -> any SizingPlugin {
        switch choice {
        case .asSignalled: AsSignalled(options: NoOptions(), context: context)
        case .threeConstraint: ThreeConstraint(options: ThreeConstraint.Options(), context: context)
        case .fixedLots(let lots): FixedLots(options: FixedLots.Options(lots: lots), context: context)
        }
    }

    private static func never(_ context: PluginContext) -> any RolloverPlugin { NeverRoll(options: NoOptions(), context: context) }

    private static func make(_ type: any Plugin.Type, _ options: ConfigNode, _ context: PluginContext) throws(ReplayFault) -> any Plugin {
        let (prepared, faults) = OptionReader.read(options, file: context.name) { type.prepare(from: &$0) }
        guard faults.isEmpty else { throw ReplayFault(lines: faults.map(\.description)) }
        do { return try prepared.make(in: context) } catch { throw ReplayFault("\(context.name): \(error)") }
    }

    // MARK: - Policy

    private static func policy(_ options: ReplayOptions, _ host: HostConfiguration?, isAsSignalled: Bool) -> Policy {
        var policy = host?.policy ?? Policy()
        policy.mode = .paper
        policy.explainsCounterfactuals = false
        policy.keepsTrail = false
        policy.sessions = options.sessions ?? (host == nil ? .ignored : policy.sessions)
        policy.chargeRate = options.charges ?? (host == nil ? .zero : policy.chargeRate)
        policy.initialCapital = options.capital ?? (policy.initialCapital > .zero ? policy.initialCapital : Money(whole: 5_000_000))
        policy.reservedRate = 0
        // Nothing is ever lost on virtual time, so nobody needs to look every half minute for seventeen years.
        policy.reconcileInterval = .days(36_500)
        if host == nil { policy.rolloverInterval = .days(36_500) }
        if isAsSignalled {
            policy.limits.areEnforced = false
            policy.divergence.areEnforced = false
        }
        return policy
    }
}
