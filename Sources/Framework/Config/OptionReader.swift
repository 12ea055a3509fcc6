/// Reads the options of one section one by one, typed, and collects every fault instead of stopping at the first.
///
/// A read that fails records a fault and returns a placeholder, so that reading goes on; the result of a reading with faults is thrown away.
/// The same calls describe the options when there is nothing to read (``describe(_:)``). Keys that nobody asked for are faults at the end of a section.
public struct OptionReader {
    /// The option path of this section, such as `instruments.ALPHA`; empty at the top.
    public let path: String
    /// Where this section is named in the file.
    public let mark: Mark
    /// Whether nothing is read and every option is described instead.
    public var isDescribing: Bool { if case .description = source { true } else { false } }

    let source: Source
    let record: Record
    private(set) var askedKeys: [String] = []
    /// What holds for every option of this section that was read so far, in the order of reading; empty while describing.
    public private(set) var effective: [EffectiveOption] = []
    private var acceptsUnknownKeys = false

    /// Where values come from.
    enum Source {
        /// These keys.
        case entries([ConfigNode.Entry])
        /// Nowhere: the section was of a wrong type, which is reported; no further faults.
        case muted
        /// Nowhere: options are described.
        case description
    }

    init(path: String, mark: Mark, source: Source, record: Record) {
        self.path = path
        self.mark = mark
        self.source = source
        self.record = record
    }

    /// Reads a whole tree: what `body` makes of it, and all faults ordered by place.
    public static func read<Value>(
        _ node: ConfigNode, file: String, _ body: (inout OptionReader) throws -> Value
    ) rethrows -> (value: Value, faults: [ConfigFault]) {
        let (value, findings) = try examine(node, file: file, body)
        return (value, findings.faults)
    }

    /// Reads a whole tree: what `body` makes of it, and all that came to light.
    public static func examine<Value>(
        _ node: ConfigNode, file: String, _ body: (inout OptionReader) throws -> Value
    ) rethrows -> (value: Value, findings: OptionFindings) {
        let record = Record(file: file)
        let value = try reading(node, path: "", mark: .start, record: record, body).value
        return (value, record.findings)
    }

    /// Every option that `body` asks for, in the order of asking.
    public static func describe(_ body: (inout OptionReader) throws -> Void) rethrows -> [OptionDescription] {
        let record = Record(file: "")
        var reader = OptionReader(path: "", mark: .start, source: .description, record: record)
        try body(&reader)
        return record.descriptions
    }

    /// Whether the file gives this key a value; true while describing, so that nothing stays undescribed.
    public func isGiven(_ key: String) -> Bool {
        switch source {
        case .entries(let entries): entries.contains { $0.key == key && !$0.value.isNothing }
        case .muted: false
        case .description: true
        }
    }

    /// The keys of this section in the order of the file; empty while describing.
    public var keys: [String] {
        guard case .entries(let entries) = source else { return [] }
        return entries.map(\.key)
    }

    /// Where a key's value stands, or where the section is named when the key is absent.
    public func mark(of key: String) -> Mark {
        guard case .entries(let entries) = source else { return mark }
        return entries.first { $0.key == key }?.value.mark ?? mark
    }

    /// Where the elements of a list stand, in order; none when the key is absent or no list.
    public func marks(of key: String) -> [Mark] {
        guard case .entries(let entries) = source, case .sequence(let elements) = entries.first(where: { $0.key == key })?.value.content
        else {
            return []
        }
        return elements.map(\.mark)
    }

    /// Records a fault that concerns one option, such as a contradiction with another one; nothing when that option has a fault already.
    public func fail(_ key: String, _ message: String) {
        guard !isFaulty(key) else { return }
        fail(mark(of: key), path(of: key), message)
    }

    /// Whether reading this option, or one below it such as `http.listen`, has recorded a fault, so that its value means nothing.
    public func isFaulty(_ key: String) -> Bool {
        record.isFaulty(path(of: key))
    }

    /// Records a fault that concerns the whole section.
    public func fail(_ message: String) { fail(mark, path, message) }

    /// Takes all keys that were not asked for as known; for sections whose reader is itself unknown.
    public mutating func acceptUnknownKeys() { acceptsUnknownKeys = true }

    func path(of key: String) -> String { path.isEmpty ? key : path + "." + key }

    func fail(_ mark: Mark, _ path: String, _ message: String) {
        guard case .entries = source else { return }
        record.faults.append(ConfigFault(file: record.file, mark: mark, path: path, message: message))
    }

    /// The value of a key, remembering that it is known; nil when the section does not give it.
    mutating func node(_ key: String) -> ConfigNode? {
        if !askedKeys.contains(key) { askedKeys.append(key) }
        guard case .entries(let entries) = source else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// Marks every key of the section as known and hands out the entries, the first of each key.
    mutating func takeAll() -> [ConfigNode.Entry] {
        acceptsUnknownKeys = true
        guard case .entries(let entries) = source else { return [] }
        var seen: Set<String> = []
        return entries.filter { seen.insert($0.key).inserted }
    }

    /// Notes what holds for an option; the last word on a key counts.
    mutating func note(_ key: String, _ value: EffectiveValue) {
        guard !isDescribing else { return }
        let option = EffectiveOption(key: key, value: value)
        if let index = effective.firstIndex(where: { $0.key == key }) { effective[index] = option } else { effective.append(option) }
    }

    /// Runs `body` over `node` as a section and checks its keys afterwards; also answers what then holds for the section.
    static func reading<Value>(
        _ node: ConfigNode, path: String, mark: Mark, record: Record, _ body: (inout OptionReader) throws -> Value
    ) rethrows -> (value: Value, effective: EffectiveValue) {
        var source = Source.muted
        if case .mapping(let entries) = node.content {
            source = .entries(entries)
        } else if node.isNothing {
            source = .entries([])
        } else if !node.isBroken {
            record.faults.append(
                ConfigFault(file: record.file, mark: node.mark, path: path, message: "expected a section of options, found \(node.shown)"))
        }
        var reader = OptionReader(path: path, mark: mark, source: source, record: record)
        reader.reportDuplicates()
        let value = try body(&reader)
        reader.reportUnknownKeys()
        record.known[path] = reader.askedKeys
        return (value, .section(reader.effective))
    }

    private func reportDuplicates() {
        guard case .entries(let entries) = source else { return }
        var first: [String: Mark] = [:]
        for entry in entries {
            if let earlier = first[entry.key] {
                fail(entry.mark, path(of: entry.key), "duplicate key, first given on line \(earlier.line)")
            } else {
                first[entry.key] = entry.mark
            }
        }
    }

    private func reportUnknownKeys() {
        guard case .entries(let entries) = source, !acceptsUnknownKeys else { return }
        for entry in entries where !askedKeys.contains(entry.key) {
            let owners = askedKeys.filter { record.known[path(of: $0)]?.contains(entry.key) == true }
            guard owners.isEmpty else {
                let place = "\(Shown.quoted(entry.key)) is an option of \(Shown.choice(owners))"
                fail(entry.mark, path(of: entry.key), "\(place), which is one level deeper: write it there")
                continue
            }
            let vocabulary = Vocabulary(askedKeys)
            fail(entry.mark, path(of: entry.key), vocabulary.unknown("option", entry.key))
            // A required option that is only misspelled is one fault, not two.
            guard let meant = vocabulary.nearest(to: entry.key).map(path(of:)), record.missing.remove(meant) != nil else { continue }
            record.faults.removeAll { $0.path == meant }
        }
    }
}

extension ConfigNode {
    /// Whether an environment reference in it failed and is already reported.
    var isBroken: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.origin == .broken
    }

    /// What stands here, for messages; values that came from the environment are not shown.
    var shown: String {
        switch content {
        case .sequence: "a list"
        case .mapping: "a section"
        case .scalar(let scalar):
            switch scalar.origin {
            case .environment(let raw): "the value of \(Shown.quoted(raw))"
            case .file, .broken: scalar.isNothing ? "nothing" : Shown.quoted(scalar.text)
            }
        }
    }
}
