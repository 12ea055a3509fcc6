import MunimKit

/// The effective configuration as JSON, in the shape of the file; what a plugin was given stands under `options`, secrets are
/// ``Secret/redacted``.
enum ConfigurationView {
    /// - Parameter tradedInstruments: the instruments as they were made; their terms of `day` are shown.
    static func value(of configuration: HostConfiguration, tradedInstruments: [TradedInstrument], on day: TradingDay) -> JSONValue {
        var members = JSONValue.members(configuration.effective)
        members["storage"] = chosen(configuration.storage)
        members["coordination"] = chosen(configuration.coordination)
        members["broker"] = chosen(configuration.broker)
        members["alerts"] = .array(configuration.alerts.map(chosen))
        members["instruments"] = .object(
            Dictionary(configuration.instruments.map { ($0.name.text, instrument($0, tradedInstruments, day)) }) { first, _ in first })
        members["disabled_guards"] = .array(configuration.policy.disabledGuards.map(JSONValue.string))
        return .object(members)
    }

    private static func chosen(_ plugin: ChosenPlugin) -> JSONValue { .object(described(plugin)) }

    private static func described(_ plugin: ChosenPlugin) -> [String: JSONValue] {
        [
            "use": .string(plugin.name), "version": .string(plugin.prepared.manifest.version),
            "options": .object(JSONValue.members(plugin.prepared.options)),
        ]
    }

    private static func instrument(_ entry: InstrumentConfiguration, _ tradedInstruments: [TradedInstrument], _ day: TradingDay)
        -> JSONValue
    {
        var members = described(entry.instrument)
        members["mode"] = .string(entry.mode.rawValue)
        members["sizing"] = chosen(entry.sizing)
        members["rollover"] = chosen(entry.rollover)
        members["tests"] = .number("\(entry.tests.count)")
        if let traded = tradedInstruments.first(where: { $0.name == entry.name }) {
            members["terms"] = terms(traded.instrument.terms(on: day))
        }
        return .object(members)
    }

    /// What the plugin makes of its options today.
    private static func terms(_ terms: InstrumentTerms) -> JSONValue {
        .object([
            "point_value": text(terms.pointValue), "lot_size": .number(terms.unitsPerLot.description),
            "margin_per_lot": text(terms.marginPerLot), "initial_stop": text(terms.initialStopMultiple),
            "trailing_stop": text(terms.trailingStopMultiple), "pyramids": .number("\(terms.maximumPyramids)"),
            "pyramid_spacing": text(terms.pyramidSpacing), "bar": text(terms.barLength),
        ])
    }

    private static func text(_ value: some CustomStringConvertible) -> JSONValue { .string(value.description) }
}

extension JSONValue {
    /// Options as members of an object.
    fileprivate static func members(_ options: [EffectiveOption]) -> [String: JSONValue] {
        Dictionary(options.map { ($0.key, JSONValue($0.value)) }) { _, last in last }
    }

    private init(_ value: EffectiveValue) {
        self =
            switch value {
            case .nothing: .null
            case .text(let text): .string(text)
            case .number(let digits): .number(digits)
            case .flag(let flag): .boolean(flag)
            case .list(let elements): .array(elements.map(JSONValue.init))
            case .section(let options): .object(Self.members(options))
            }
    }
}
