import MunimKit

/// The form of ``ConfigurationView``, made from the descriptions that the options themselves give.
enum ConfigurationSchema {
    /// The form of what a host with this configuration shows.
    static func schema(of configuration: HostConfiguration) -> Schema {
        let own = OptionTree(HostConfiguration.descriptions())
        let instruments = Dictionary(configuration.instruments.map { ($0.name.text, instrument($0)) }) { first, _ in first }
        var members = own.members.filter { ["instance", "http", "risk", "load"].contains($0.key) }.mapValues(\.schema)
        members["storage"] = plugin(configuration.storage, "The store of records.")
        members["coordination"] = plugin(configuration.coordination, "Leases between instances.")
        members["broker"] = plugin(configuration.broker, "Where orders go.")
        members["alerts"] = Schema.list(of: .either(configuration.alerts.map { plugin($0, "Who is told.") })).described("Who is told.")
        members["instruments"] = Schema.object(instruments).described("What is traded, by the name that signals carry.")
        members["disabled_guards"] = Schema.list(of: .text()).described("Protection that is switched off.")
        return Schema.object(members).described("What is configured, with every default filled in; secrets are only named.")
    }

    private static func plugin(_ chosen: ChosenPlugin, _ summary: String) -> Schema {
        Schema.object(described(chosen)).described(summary)
    }

    private static func described(_ chosen: ChosenPlugin) -> [String: Schema] {
        [
            "use": Schema.words([chosen.name]).described("The plugin."), "version": Schema.text().described("Its version."),
            "options": OptionTree(chosen.prepared.optionDescriptions).schema.described("Its options as they hold."),
        ]
    }

    private static func instrument(_ entry: InstrumentConfiguration) -> Schema {
        var members = described(entry.instrument)
        members["mode"] = Schema.words(TradingMode.allCases.map(\.rawValue)).described("The strategy's own key to real money.")
        members["sizing"] = plugin(entry.sizing, "How many lots.")
        members["rollover"] = plugin(entry.rollover, "When a position rolls to the next contract.")
        members["tests"] = Schema.integer(atLeast: 0).described("How many examples the entry has.")
        members["terms"] = terms
        return Schema.object(members).described("An instrument with its sizing and its rollover.")
    }

    private static let terms = Schema.object([
        "point_value": .decimal.described("Money per point of price per lot."),
        "lot_size": .integer(atLeast: 1).described("Units of a lot."),
        "margin_per_lot": .decimal.described("Margin that one lot needs."),
        "initial_stop": .decimal.described("Distance of the initial stop in average true ranges."),
        "trailing_stop": .decimal.described("Distance of the trailing stop in average true ranges."),
        "pyramids": .integer(atLeast: 0).described("How many pyramids a base may carry."),
        "pyramid_spacing": .decimal.described("Least distance of two layers in average true ranges."),
        "bar": .text().described("Length of one bar of the sender."),
    ]).described("What the instrument makes of its options today.")
}

/// Descriptions of options, put back into the sections that their paths name.
private struct OptionTree {
    /// What the options themselves say; nil for a section that only its members name.
    private var own: OptionDescription?
    private(set) var members: [String: OptionTree] = [:]

    init(_ descriptions: [OptionDescription]) {
        for description in descriptions {
            add(description, at: description.path.replacing("[]", with: ".[]").split(separator: ".").map(String.init)[...])
        }
    }

    private init() {}

    private mutating func add(_ description: OptionDescription, at path: ArraySlice<String>) {
        guard let key = path.first else { return own = description }
        members[key, default: OptionTree()].add(description, at: path.dropFirst())
    }

    /// The form of what holds here.
    var schema: Schema {
        let form = form
        guard let own = own ?? members["NAME"]?.own else { return form }
        let range = [own.range, own.unit.map { "in \($0)" }].compactMap(\.self).joined(separator: ", ")
        return form.described(range.isEmpty ? own.summary : "\(own.summary) A value \(range).")
    }

    private var form: Schema {
        if let row = members["[]"] { return .list(of: row.form) }
        if let named = members["NAME"] { return .named(named.form) }
        guard let own, members.isEmpty else {
            let section = Schema.object(members.mapValues(\.schema))
            return own?.type == "optional section" ? section.orNull : section
        }
        guard !own.type.hasPrefix("list of ") else { return .list(of: value(own)) }
        let mayBeNothing = !own.isRequired && own.defaultText == nil
        return mayBeNothing ? value(own).orNull : value(own)
    }

    private func value(_ own: OptionDescription) -> Schema {
        guard !own.isSecret else { return .words([Secret.redacted]) }
        return switch own.notation {
        case .text: own.words.isEmpty ? .text() : .words(own.words)
        case .number: .integer()
        case .flag: .flag
        }
    }
}
