import MunimKit

/// One entry of the section `instruments`.
struct InstrumentConfiguration: Sendable {
    /// The name that signals carry.
    let name: InstrumentName
    /// Contract, lot and hours.
    let instrument: ChosenPlugin
    /// How many lots.
    let sizing: ChosenPlugin
    /// When positions roll.
    let rollover: ChosenPlugin
    /// The strategy's own key to real money.
    let mode: TradingMode
    /// Examples that must come out as written.
    let tests: [InstrumentTest]

    /// Reads an entry; nil after a fault when one of its plugins is unknown.
    init?(named name: String, from entry: inout OptionReader, plugins: KnownPlugins, instanceMode: TradingMode?) {
        let isName = name.utf8.count <= 32 && name.utf8.first.map { $0 >= 65 && $0 <= 90 } ?? false
        if !isName || !name.utf8.allSatisfy({ ($0 >= 65 && $0 <= 90) || ($0 >= 48 && $0 <= 57) || $0 == 95 }) {
            entry.fail("expected a name of up to 32 capital letters, digits and underscores that begins with a letter")
        }
        self.name = InstrumentName(name)
        mode = entry.value("mode", .choice(TradingMode.self), default: .paper, summary: "The strategy's own key to real money.")
        if mode == .live, instanceMode == .paper { entry.fail("mode", "live needs instance.mode: live as well, found paper there") }
        let sizing = entry.plugin("sizing", .sizing, default: "three-constraint", plugins, summary: "How many lots.")
        let rollover = entry.plugin("rollover", .rollover, default: nil, plugins, summary: "When a position rolls to the next contract.")
        tests = entry.rows("tests", summary: "Examples that the entry must satisfy.") { InstrumentTest(of: name, from: &$0) }
        // Last, because an unknown plugin makes every other key unknowable.
        let instrument = ChosenPlugin(.instruments, default: nil, from: &entry, plugins: plugins)
        guard let instrument, let sizing, let rollover else { return nil }
        self.instrument = instrument
        self.sizing = sizing
        self.rollover = rollover
    }
}
